// SPDX-License-Identifier: Apache-2.0
/* curl_api.c - libcurl's functions, loaded when a peer speaks HTTP */
#include "runner/curl_api.h"

#include "base/mem.h"

/* Debian has one for each TLS library; none is used here. */
static const char *const names[] = { "libcurl-gnutls.so.4", "libcurl.so.4",
				     NULL };

static const struct loaded_function functions[] = {
#define FUNCTION(name) LOADED_FUNCTION(struct curl_api, name)
	CURL_API(FUNCTION)
};

static const struct loaded_library library = {
	.names = names,
	.package = "libcurl3-gnutls",
	.functions = functions,
	.n_functions = ARRAY_SIZE(functions),
};

int curl_api_load(const struct curl_api **ret_api, struct err *err)
{
	static struct curl_api api;

	*ret_api = &api;
	return loaded_fill(&library, &api, err);
}
