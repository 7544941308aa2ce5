import { allowPrivilegeEscalation } from "./pod-security/allow-privilege-escalation";
import { appArmorProfile } from "./pod-security/app-armor-profile";
import { capabilities } from "./pod-security/capabilities";
import { hostNamespaces } from "./pod-security/host-namespaces";
import { hostPorts } from "./pod-security/host-ports";
import { hostProbes } from "./pod-security/host-probes";
import { privileged } from "./pod-security/privileged";
import { procMount } from "./pod-security/proc-mount";
import { readOnlyRootFilesystem } from "./pod-security/read-only-root-filesystem";
import { runAsNonRoot } from "./pod-security/run-as-non-root";
import { runAsUser } from "./pod-security/run-as-user";
import { seLinuxOptions } from "./pod-security/se-linux-options";
import { seccompProfile } from "./pod-security/seccomp-profile";
import { sysctls } from "./pod-security/sysctls";
import { volumeTypes } from "./pod-security/volume-types";
import { windowsHostProcess } from "./pod-security/windows-host-process";
import { requestsWithinLimits } from "./resources/requests-within-limits";
import { resourceLimits } from "./resources/resource-limits";
import { resourceRequests } from "./resources/resource-requests";
import type { Rule } from "./rule";

/** All rules, by the folders that they lie in: what they protect. */
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  "pod-security": [
    runAsNonRoot,
    runAsUser,
    privileged,
    allowPrivilegeEscalation,
    capabilities,
    hostNamespaces,
    hostPorts,
    hostProbes,
    volumeTypes,
    readOnlyRootFilesystem,
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
    procMount,
    sysctls,
    windowsHostProcess,
  ],
  resources: [resourceLimits, resourceRequests, requestsWithinLimits],
};
