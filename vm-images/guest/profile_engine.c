// SPDX-License-Identifier: Apache-2.0
/* profile_engine.c - the container engine that made a process, and what that says */
#include "profile_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define ID_DIGITS 64
#define WITHIN_S 15
#define NETWORKS \
	"{{range $name, $of := .NetworkSettings.Networks}}{{$name}} {{end}}"

static const struct engine engines[] = {
	{ "podman",
	  { "libpod-" },
	  "{{.ImageName}}\n{{.Image}}\n" NETWORKS,
	  "{{.Host.CgroupManager}}" },
	{ "docker",
	  { "docker/", "docker-" },
	  "{{.Config.Image}}\n{{.Image}}\n" NETWORKS,
	  "{{.CgroupDriver}}" },
};

/* --- Asking ----------------------------------------------------------------- */

static pid_t spawn(const char *const argv[], int *ret_fd)
{
	char *const *args;
	posix_spawn_file_actions_t actions;
	int ends[2];
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	/* It does not write to the strings. */
	memcpy(&args, &argv, sizeof(args));
	if (posix_spawnp(&pid, args[0], &actions, NULL, args, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	*ret_fd = ends[0];
	return pid;
}

/* Return: whether all of it came in time */
static bool read_until(int fd, time_t end, FILE *to)
{
	char chunk[4096];
	ssize_t n;

	for (;;) {
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };
		time_t left = end - time(NULL);

		if (left <= 0 || poll(&pollfd, 1, (int)left * 1000) <= 0)
			return false;
		n = read(fd, chunk, sizeof(chunk));
		if (n <= 0)
			return n == 0;
		(void)fwrite(chunk, 1, (size_t)n, to);
	}
}

char *engine_ask(const char *const argv[])
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	CLEANUP_FD int fd = -1;
	CLEANUP_FREE char *text = NULL;
	pid_t pid = spawn(argv, &fd);
	int status;

	if (pid < 0)
		return NULL;
	strbuf_open(&buf);
	if (!read_until(fd, time(NULL) + WITHIN_S, buf.f))
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NULL;
	text = strbuf_take(&buf);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return NULL;
	return xstrdup(str_trim(text));
}

/* --- The engine of a process -------------------------------------------------- */

const struct engine *engine_by_name(const char *program)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		if (str_eq(engines[i].program, program))
			return &engines[i];
	return NULL;
}

char *engine_cgroups(const struct engine *engine)
{
	const char *argv[] = { engine->program, "info", "--format",
			       engine->cgroups, NULL };

	return engine_ask(argv);
}

/* ".../libpod-ID", ".../docker-ID.scope"; owned, NULL: there is no such */
static char *id_behind(const char *cgroup, const char *mark)
{
	const char *at = cgroup;

	while (mark && (at = strstr(at, mark))) {
		at += strlen(mark);
		if (strspn(at, "0123456789abcdef") == ID_DIGITS)
			return xstrndup(at, ID_DIGITS);
	}
	return NULL;
}

static char *id_of(const struct engine *engine, const char *cgroup)
{
	char *id = id_behind(cgroup, engine->marks[0]);

	return id ? id : id_behind(cgroup, engine->marks[1]);
}

static void say_container(const struct engine *engine, const char *id)
{
	static const char *const keys[] = { "engine_image", "engine_image_id",
					    "engine_networks" };
	const char *argv[] = {
		engine->program,   "container", "inspect", "--format",
		engine->container, id,		NULL
	};
	CLEANUP_FREE char *said = engine_ask(argv);
	CLEANUP_FREE char *cgroups = engine_cgroups(engine);
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	profile_say("engine", "%s", engine->program);
	if (cgroups)
		profile_say("engine_cgroups", "%s", cgroups);
	if (said)
		str_list_split(&lines, said, "\n");
	for (size_t i = 0; i < lines.n && i < ARRAY_SIZE(keys); i++)
		if (*str_trim(lines.v[i]))
			profile_say(keys[i], "%s", str_trim(lines.v[i]));
}

void profile_say_engine(const char *cgroup)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		CLEANUP_FREE char *id = id_of(&engines[i], cgroup);

		if (id) {
			say_container(&engines[i], id);
			return;
		}
	}
}
