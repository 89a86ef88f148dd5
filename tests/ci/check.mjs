// SPDX-License-Identifier: Apache-2.0
// check.mjs - templates held against what those who read them say of them
//
//   node check.mjs github WORKFLOW...     against the schema that GitHub has of it
//   node check.mjs kubernetes OBJECTS...  lists of objects in JSON, against Kubernetes' OpenAPI
//
// To be run in a folder that has the packages of package.json; one finding a line.
import {readFileSync} from "node:fs";

let findings = 0;

function found(file, what) {
    console.log(`${file}: ${what}`);
    findings++;
}

async function github(files) {
    const {validateWorkflow} = await import("@action-validator/core");

    for (const file of files)
        for (const e of validateWorkflow(readFileSync(file, "utf8")).errors)
            found(file, `${e.path} ${e.title}: ${e.detail ?? e.code}`);
}

// The type of a member as the client for JavaScript has it of the OpenAPI document.
function typed(api, type, value, path, say) {
    const list = /^Array<(.*)>$/.exec(type)?.[1];
    const map = /^{ \[key: string\]: (.*); }$/.exec(type)?.[1];

    if (list || map) {
        if (typeof value !== "object" || Array.isArray(value) !== Boolean(list))
            say(`${path} is no ${list ? "list" : "map"}`);
        else
            for (const [key, one] of Object.entries(value))
                typed(api, list ?? map, one, `${path}.${key}`, say);
    } else if (api[type]?.getAttributeTypeMap) {
        members(api, type, value, path, say);
    } else if (["string", "number", "boolean"].includes(type) && typeof value !== type) {
        say(`${path} is no ${type}`);
    }
}

// A member that Kubernetes does not know is an error to 'kubectl apply'.
function members(api, type, object, path, say) {
    const known = api[type].getAttributeTypeMap();

    for (const [key, value] of Object.entries(object)) {
        const member = known.find((m) => m.baseName === key);
        if (member)
            typed(api, member.type, value, `${path}.${key}`, say);
        else
            say(`${path}.${key} is unknown to ${type}`);
    }
}

async function kubernetes(files) {
    const api = await import("@kubernetes/client-node");

    for (const file of files)
        for (const object of JSON.parse(readFileSync(file, "utf8"))) {
            const say = (what) => found(file, what);
            const model = await import(`kubernetes-models/${object.apiVersion}/${object.kind}`);
            members(api, `V1${object.kind}`, object, object.kind, say);
            try {
                new model[object.kind](object).validate();
            } catch (e) {
                say(`${object.kind}: ${e.message}`);
            }
        }
}

const [what, ...files] = process.argv.slice(2);
await {github, kubernetes}[what](files);
process.exit(findings ? 1 : 0);
