// SPDX-License-Identifier: Apache-2.0
/* curl_api.h - libcurl's functions, loaded when a peer speaks HTTP */
#ifndef RUNNER_CURL_API_H
#define RUNNER_CURL_API_H

/* Its checks are macros of the functions' names, which members have here. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "runner/loaded.h"

#define CURL_API(FN)          \
	FN(curl_easy_cleanup) \
	FN(curl_easy_getinfo) \
	FN(curl_easy_init)    \
	FN(curl_easy_perform) \
	FN(curl_easy_setopt)  \
	FN(curl_easy_strerror)

/** struct curl_api - A member for each function, by its own name and type */
struct curl_api {
	CURL_API(LOADED_MEMBER)
};

/** curl_api_load() - See loaded_fill()
 * @ret_api:	Lives as long as the process */
WARN_UNUSED
int curl_api_load(const struct curl_api **ret_api, struct err *err);

#endif
