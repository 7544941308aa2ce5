import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

const accepted = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export const volumeTypes: Rule = {
  id: "volume-types",
  title: "Volumes may not reach into the node (hostPath) or past the cluster's storage classes.",
  severity: "high",
  references: [
    podSecurityStandard("restricted", "Volume Types"),
    cis("5.2.12", "Minimize the admission of HostPath volumes"),
  ],
  mend: `Use one of ${accepted.join(", ")}.`,
  checkPod(pod, report) {
    for (const volume of pod.spec.at("volumes").items()) {
      // Custom resources call other things volumes, too.
      if (pod.isPart && !volume.at("hostPath").isSet) continue;
      const sources = volume.entries().filter(([key, field]) => key !== "name" && field.isSet);
      if (sources.some(([type]) => accepted.includes(type))) continue;
      // What the API server does not find, it takes for an emptyDir.
      if (volume.isUnknown || sources.length > 0) report(sources[0]?.[1] ?? volume);
    }
  },
};
