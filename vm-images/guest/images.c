// SPDX-License-Identifier: Apache-2.0
/* images.c - what criu left in a folder of images */
#include "images.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_image(const char *name)
{
	size_t len = strlen(name);

	if (strncmp(name, "stats-", 6) == 0)
		return false;
	return len < 4 || strcmp(name + len - 4, ".log") != 0;
}

int images_bytes(const char *dir)
{
	DIR *entries = opendir(dir);
	const struct dirent *entry;
	uint64_t sum = 0;
	struct stat st;

	if (!entries) {
		perror(dir);
		return 1;
	}
	while ((entry = readdir(entries)))
		if (is_image(entry->d_name) &&
		    !fstatat(dirfd(entries), entry->d_name, &st,
			     AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_size;
	closedir(entries);
	printf("%" PRIu64 "\n", sum);
	return 0;
}
