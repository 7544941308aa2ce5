import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

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
  name: "volume-types",
  description: "Volumes may not reach into the node (hostPath) or past the cluster's storage classes.",
  severity: "high",
  standard: podSecurityStandard("restricted", "Volume Types"),
  mend: `Use one of ${accepted.join(", ")}.`,
  checkPod(pod, report) {
    for (const volume of pod.spec.at("volumes").items()) {
      const sources = volume.entries().filter(([key, field]) => key !== "name" && field.isSet);
      if (sources.some(([type]) => accepted.includes(type))) continue;
      // What the API server does not find, it takes for an emptyDir.
      if (volume.isUnknown || sources.length > 0) report(sources[0]?.[1] ?? volume);
    }
  },
};
