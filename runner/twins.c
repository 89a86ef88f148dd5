// SPDX-License-Identifier: Apache-2.0
/* twins.c - what there is to choose from for a twin: kernels and userlands */
#include "runner/twins.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/twin.h"
#include "runner/cache.h"
#include "runner/images.h"
#include "runner/log.h"
#include "runner/recipes.h"

#define PACKAGE_PREFIX "linux-image-"

/** struct market - Where it is looked */
struct market {
	struct images_opts opts;
	struct recipes kernels, userlands;
	struct twin_menu *menu;
};

static void say(void *arg, const char *line)
{
	(void)arg;
	log_info(NULL, "%s", line);
}

/* What the catalogues' suites are called, and those beside them that have kernels. */
static void list_suites(const struct market *m, struct str_list *suites)
{
	for (size_t i = 0; i < m->userlands.n; i++) {
		const char *suite = m->userlands.v[i].suite;
		CLEANUP_FREE char *security = xasprintf("%s-security", suite);

		if (!str_list_has(suites, suite))
			str_list_add(suites, suite);
		if (!str_list_has(suites, security))
			str_list_add(suites, security);
	}
	for (size_t i = 0; i < m->kernels.n; i++)
		if (!str_list_has(suites, m->kernels.v[i].suite))
			str_list_add(suites, m->kernels.v[i].suite);
}

/* "6.1.192" of "6.1.192-2"; owned. Debian counts its own changes behind that. */
static char *upstream_of(const char *version)
{
	return xstrndup(version, strspn(version, "0123456789."));
}

static void add_kernel(struct market *m, const char *name, const char *release,
		       char *version)
{
	struct twin_kernel *kernel =
		VEC_PUSH(m->menu->kernels, m->menu->n_kernels);

	kernel->name = xstrdup(name);
	kernel->release = release ? xstrdup(release) : NULL;
	kernel->version = version;
}

static void ask_suite(struct market *m, const char *suite)
{
	struct images_versions found CLEANUP(images_versions_release) = { 0 };
	struct err err = ERR_INIT;

	if (images_list_kernels(&m->opts, suite, PACKAGE_PREFIX "*", &found,
				&err)) {
		/* That a suite has no kernels is no news. */
		if (err.domain != ERR_INPUT)
			log_warn(NULL,
				 "no kernel of '%s' is chosen, for it cannot "
				 "be asked: %s",
				 suite, err.msg);
		return;
	}
	for (size_t i = 0; i < found.names.n; i++)
		add_kernel(m, found.names.v[i],
			   strchr(found.names.v[i], '/') + 1 +
				   strlen(PACKAGE_PREFIX),
			   upstream_of(found.versions.v[i]));
}

/* Without any suite at least what the catalogue's names promise. */
static void add_catalogue(struct market *m)
{
	for (size_t i = 0; i < m->kernels.n; i++)
		add_kernel(m, m->kernels.v[i].name, NULL,
			   upstream_of(m->kernels.v[i].name));
}

static void add_userland(struct market *m, const struct recipe *recipe)
{
	struct str_list packages CLEANUP(str_list_release) = { 0 };
	struct images_versions found CLEANUP(images_versions_release) = { 0 };
	struct twin_userland *userland =
		VEC_PUSH(m->menu->userlands, m->menu->n_userlands);
	struct err err = ERR_INIT;

	userland->name = xstrdup(recipe->name);
	str_list_split(&packages, "criu libc6", " ");
	if (images_list_versions(&m->opts, recipe->suite, &packages, &found,
				 &err))
		log_warn(NULL, "which CRIU '%s' has is not known: %s",
			 recipe->name, err.msg);
	for (size_t i = 0; i < found.names.n; i++) {
		char **version = str_eq(found.names.v[i], "criu") ?
					 &userland->criu :
					 &userland->glibc;

		free(*version);
		*version = upstream_of(found.versions.v[i]);
	}
}

static void fill_menu(struct market *m)
{
	struct str_list suites CLEANUP(str_list_release) = { 0 };

	list_suites(m, &suites);
	for (size_t i = 0; i < suites.n; i++)
		ask_suite(m, suites.v[i]);
	if (!m->menu->n_kernels)
		add_catalogue(m);
	for (size_t i = 0; i < m->userlands.n; i++)
		add_userland(m, &m->userlands.v[i]);
}

static int make_menu(struct twin_menu *ret_menu, struct err *err)
{
	struct cache cache CLEANUP(cache_release) = { 0 };
	struct market m = { .opts = { .cache = &cache, .say = say },
			    .menu = ret_menu };
	int rc = -1;

	if (!cache_open(NULL, &cache, err) &&
	    !recipes_load(RECIPE_KERNEL, &m.kernels, err) &&
	    !recipes_load(RECIPE_USERLAND, &m.userlands, err))
		rc = 0;
	if (!rc)
		fill_menu(&m);
	recipes_release(&m.kernels);
	recipes_release(&m.userlands);
	if (!rc && (!ret_menu->n_kernels || !ret_menu->n_userlands))
		rc = err_set(err, ERR_INPUT, 0,
			     "no kernel or no userland is known to make a twin "
			     "of");
	return rc;
}

int twins_fill(struct machine *machines, size_t n, struct err *err)
{
	struct twin_menu menu CLEANUP(twin_menu_release) = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (!machines[i].twin)
			continue;
		if (!menu.n_kernels && make_menu(&menu, err))
			return -1;
		twin_fill(&machines[i], &menu);
	}
	return 0;
}
