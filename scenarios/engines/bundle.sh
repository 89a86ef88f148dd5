# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# bundle.sh - an OCI bundle of runc's own making:
#
#   sh bundle.sh DIR COMMAND...        for the counter, in the host's network and
#                                      without a terminal
#   sh bundle.sh --bind DIR FROM TO    mount a file of the host into it
#   sh bundle.sh --network DIR         give it a network namespace
#   sh bundle.sh --user-namespace DIR  give it a user namespace
set -eu

# /sys is left out: root of a user namespace may not mount that of the host's network.
make() {
	dir=$1
	shift
	sh ./engine.sh runc
	sh ./engine.sh rootfs "$dir/rootfs" ./counter
	cd "$dir"
	runc spec
	words=$(printf ', "%s"' "$@")
	sed -i -z \
		-e 's/"terminal": true/"terminal": false/' \
		-e "s|\"sh\"|${words#, }|" \
		-e 's/{\n\t*"type": "network"\n\t*},\n//' \
		-e 's/,\n\t*{\n\t*"destination": "\/sys[^}]*}//g' config.json
}

add_bind() {
	touch "$1/rootfs$3"
	sed -i "s|\"mounts\": \[|&{\"destination\": \"$3\", \"type\": \"bind\", \"source\": \"$2\", \"options\": [\"bind\", \"ro\"]},|" \
		"$1/config.json"
}

add_network() {
	sed -i 's|"namespaces": \[|&{"type": "network"},|' "$1/config.json"
}

add_user_namespace() {
	map='{"containerID": 0, "hostID": 100000, "size": 65536}'
	sed -i "s|\"namespaces\": \[|\"uidMappings\": [$map], \"gidMappings\": [$map],&{\"type\": \"user\"},|" \
		"$1/config.json"
	chown -R 100000:100000 "$1/rootfs"
}

action=$1
case $action in
--bind)
	shift
	add_bind "$@"
	;;
--network)
	shift
	add_network "$@"
	;;
--user-namespace)
	shift
	add_user_namespace "$@"
	;;
*) make "$@" ;;
esac
