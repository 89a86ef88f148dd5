// SPDX-License-Identifier: Apache-2.0
/* images.c - what criu left in a folder of images */
#include "images.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)

static bool is_image(const char *name)
{
	size_t len = strlen(name);

	if (strncmp(name, "stats-", 6) == 0)
		return false;
	return len < 4 || strcmp(name + len - 4, ".log") != 0;
}

static uint64_t sum;

static int add(const char *path, const struct stat *st, int type,
	       struct FTW *place)
{
	if (type == FTW_F && S_ISREG(st->st_mode) &&
	    is_image(path + place->base))
		sum += (uint64_t)st->st_size;
	return 0;
}

int images_bytes(const char *dir)
{
	sum = 0;
	if (nftw(dir, add, 16, FTW_PHYS)) {
		perror(dir);
		return 1;
	}
	printf("%" PRIu64 "\n", sum);
	return 0;
}

int images_age(const char *path)
{
	struct timespec now;
	struct stat st;
	int64_t age_ns;

	if (stat(path, &st) || clock_gettime(CLOCK_REALTIME, &now)) {
		perror(path);
		return 1;
	}
	age_ns = (now.tv_sec - st.st_mtim.tv_sec) * NS_PER_S +
		 (now.tv_nsec - st.st_mtim.tv_nsec);
	if (age_ns < 0)
		return 1; /* the clock was set meanwhile */
	printf("%" PRId64 "\n", age_ns);
	return 0;
}
