// SPDX-License-Identifier: Apache-2.0
/* virt_api.h - libvirt's functions, loaded when the first VM is wanted */
#ifndef RUNNER_VIRT_API_H
#define RUNNER_VIRT_API_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/err.h"
#include "runner/loaded.h"

#define VIRT_API(FN)                    \
	FN(virConnectClose)             \
	FN(virConnectCompareCPU)        \
	FN(virConnectGetCPUModelNames)  \
	FN(virConnectGetLibVersion)     \
	FN(virConnectGetVersion)        \
	FN(virConnectOpen)              \
	FN(virDomainCreateXML)          \
	FN(virDomainDestroy)            \
	FN(virDomainFree)               \
	FN(virDomainGetName)            \
	FN(virDomainGetXMLDesc)         \
	FN(virDomainIsActive)           \
	FN(virDomainLookupByName)       \
	FN(virDomainRestoreFlags)       \
	FN(virDomainSaveFlags)          \
	FN(virEventAddTimeout)          \
	FN(virEventRegisterDefaultImpl) \
	FN(virEventRunDefaultImpl)      \
	FN(virGetLastError)             \
	FN(virInitialize)               \
	FN(virSetErrorFunc)

/** struct virt_api - A member for each function, by its own name and type */
struct virt_api {
	VIRT_API(LOADED_MEMBER)
};

/** virt_api_load() - See loaded_fill()
 * @ret_api:	Lives as long as the process */
WARN_UNUSED
int virt_api_load(const struct virt_api **ret_api, struct err *err);

#endif
