// SPDX-License-Identifier: Apache-2.0
/* script.c - what is run in the guests, as text for their shells: what is common */
#include "runner/script_internal.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/addresses.h"

/*
 * A program's first start after a restore costs an emulated guest 25 ms and more:
 * its code is translated anew. So scripts keep to what their shell can do itself
 * and to programs that they need anyway.
 */

bool script_moves_address(const struct scenario *s)
{
	return s->workload.port != 0;
}

bool script_has_namespace(const struct scenario *s)
{
	return s->workload.network != NET_HOST;
}

bool script_is_external(const struct scenario *s)
{
	return s->workload.network == NET_OWN;
}

bool script_is_taken(const struct scenario *s)
{
	return script_moves_address(s) && s->workload.network != NET_DUMPED &&
	       s->migration.takeover != TAKEOVER_NEVER;
}

bool script_is_guarded(const struct scenario *s)
{
	return script_is_taken(s) && s->migration.takeover == TAKEOVER_GUARDED;
}

const char *script_device(const struct scenario *s)
{
	return script_has_namespace(s) ? "service" : "eth0";
}

char *script_env(const struct scenario *s, long pid)
{
	const struct addresses *addresses = addresses_of(s);
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f,
		      "export SERVICE=%s PORT=%" PRIu64 " PEER=%s "
		      "STATE=" SCRIPT_STATE " IMAGES=" SCRIPT_IMAGES " "
		      "SOURCE_ADDRESS=%s TARGET_ADDRESS=%s\n",
		      addresses->service, s->workload.port, addresses->peer,
		      domain_roles[ROLE_SOURCE].ip[1],
		      domain_roles[ROLE_TARGET].ip[1]);
	if (pid)
		(void)fprintf(buf.f, "export WORKLOAD_PID=%ld\n", pid);
	return strbuf_take(&buf);
}

char *script_place(const struct scenario *s)
{
	/* IN_NET goes before a command to run it in the workload's network. */
	return xasprintf("export DEV=%s IN_NET='%s'\ncd " SCRIPT_FOLDER "\n",
			 script_device(s),
			 script_has_namespace(s) ? "nsenter --net=" NETNS_PATH :
						   "");
}

char *script_collect(void)
{
	return xstrdup("--collect\n" SCRIPT_IMAGES "\n" SCRIPT_IMAGES);
}

char *script_unpack(void)
{
	return xstrdup("tar --no-same-owner -xf - -C " SCRIPT_FOLDER "\n");
}

void script_put_options(FILE *f, const struct str_list *options)
{
	for (size_t i = 0; i < options->n; i++) {
		CLEANUP_FREE char *word = str_shell_quote(options->v[i]);

		(void)fprintf(f, " %s", word);
	}
}

/* On a full disk criu cannot even write why it failed. */
void script_put_tls(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *dir =
		s->migration.tls ? str_shell_quote(s->migration.tls) : NULL;

	if (dir)
		(void)fprintf(f,
			      " --tls --tls-cacert %s/cacert.pem "
			      "--tls-cert %s/cert.pem --tls-key %s/key.pem",
			      dir, dir, dir);
}

void script_put_exit(FILE *f)
{
	(void)fputs("[ $code = 0 ] || [ $(df -k --output=avail $IMAGES | "
		    "tail -n 1) -ge 1024 ] ||\n"
		    "\techo \"$IMAGES: No space left on device\" >&2\n"
		    "exit $code\n",
		    f);
}

/* Where it can, the shell that is there does it. */
char *script_ask(const struct scenario *s, const char *command)
{
	CLEANUP_FREE char *word = str_shell_quote(command);

	return xasprintf(script_has_namespace(s) ? "exec $IN_NET sh -c %s" :
						   "eval %s",
			 word);
}
