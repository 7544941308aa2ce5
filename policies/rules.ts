import { imageDigest } from "./images/image-digest";
import { imagePullPolicy } from "./images/image-pull-policy";
import { imageRegistry } from "./images/image-registry";
import { imageTag } from "./images/image-tag";
import { ingressPaths } from "./network/ingress-paths";
import { ingressSnippets } from "./network/ingress-snippets";
import { ingressTls } from "./network/ingress-tls";
import { isolation } from "./network/isolation";
import { linkLocal } from "./network/link-local";
import { networkPeers } from "./network/network-peers";
import { policySelects } from "./network/policy-selects";
import { serviceExposure } from "./network/service-exposure";
import { allowPrivilegeEscalation } from "./pod-security/allow-privilege-escalation";
import { appArmorProfile } from "./pod-security/app-armor-profile";
import { capabilities } from "./pod-security/capabilities";
import { hostNamespaces } from "./pod-security/host-namespaces";
import { hostPorts } from "./pod-security/host-ports";
import { hostProbes } from "./pod-security/host-probes";
import { namespaceStandard } from "./pod-security/namespace-standard";
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
import { autoscalerAlone } from "./reliability/autoscaler-alone";
import { autoscalerOwnsReplicas } from "./reliability/autoscaler-owns-replicas";
import { autoscalerRange } from "./reliability/autoscaler-range";
import { autoscalerRequests } from "./reliability/autoscaler-requests";
import { autoscalerTarget } from "./reliability/autoscaler-target";
import { budgetDrains } from "./reliability/budget-drains";
import { budgetSelects } from "./reliability/budget-selects";
import { cronJobOverlap } from "./reliability/cron-job-overlap";
import { disruptionBudget } from "./reliability/disruption-budget";
import { envNames } from "./reliability/env-names";
import { jobCleanup } from "./reliability/job-cleanup";
import { jobDeadline } from "./reliability/job-deadline";
import { jobRetries } from "./reliability/job-retries";
import { livenessPatience } from "./reliability/liveness-patience";
import { livenessProbe } from "./reliability/liveness-probe";
import { monitorSelects } from "./reliability/monitor-selects";
import { ownPods } from "./reliability/own-pods";
import { probePorts } from "./reliability/probe-ports";
import { readinessProbe } from "./reliability/readiness-probe";
import { replicas } from "./reliability/replicas";
import { rolloutKeeps } from "./reliability/rollout-keeps";
import { routeBackends } from "./reliability/route-backends";
import { servicePorts } from "./reliability/service-ports";
import { serviceSelects } from "./reliability/service-selects";
import { sharedClaims } from "./reliability/shared-claims";
import { spread } from "./reliability/spread";
import { statefulSetService } from "./reliability/stateful-set-service";
import { stopTime } from "./reliability/stop-time";
import { requestsWithinLimits } from "./resources/requests-within-limits";
import { resourceLimits } from "./resources/resource-limits";
import { resourceRequests } from "./resources/resource-requests";
import { boundGroups } from "./rights/bound-groups";
import { clusterScope } from "./rights/cluster-scope";
import { roleEscalation } from "./rights/role-escalation";
import { roleExec } from "./rights/role-exec";
import { roleNodes } from "./rights/role-nodes";
import { roleSecrets } from "./rights/role-secrets";
import { roleWildcards } from "./rights/role-wildcards";
import { rolesUsed } from "./rights/roles-used";
import { tokenChoice } from "./rights/token-choice";
import { tokenNeeded } from "./rights/token-needed";
import type { Rule } from "./rule";
import { literalSecrets } from "./secrets/literal-secrets";
import { unseenObjects } from "./visibility/unseen-objects";

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
    namespaceStandard,
  ],
  resources: [resourceLimits, resourceRequests, requestsWithinLimits],
  images: [imageTag, imageDigest, imageRegistry, imagePullPolicy],
  reliability: [
    readinessProbe,
    livenessProbe,
    livenessPatience,
    probePorts,
    replicas,
    spread,
    rolloutKeeps,
    stopTime,
    disruptionBudget,
    budgetSelects,
    budgetDrains,
    autoscalerTarget,
    autoscalerOwnsReplicas,
    autoscalerRequests,
    autoscalerRange,
    autoscalerAlone,
    ownPods,
    serviceSelects,
    servicePorts,
    statefulSetService,
    monitorSelects,
    routeBackends,
    jobDeadline,
    jobRetries,
    jobCleanup,
    cronJobOverlap,
    sharedClaims,
    envNames,
  ],
  network: [
    isolation,
    networkPeers,
    linkLocal,
    policySelects,
    serviceExposure,
    ingressTls,
    ingressPaths,
    ingressSnippets,
  ],
  secrets: [literalSecrets],
  rights: [
    tokenChoice,
    tokenNeeded,
    roleWildcards,
    roleEscalation,
    roleSecrets,
    roleExec,
    roleNodes,
    clusterScope,
    boundGroups,
    rolesUsed,
  ],
  visibility: [unseenObjects],
};
