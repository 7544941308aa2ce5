import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { isMoving, parseImage } from "./image";

export const imagePullPolicy: Rule = {
  id: "image-pull-policy",
  title:
    "Nodes must get the image that is meant: a moving tag is pulled each time, and no image is only taken to be there.",
  severity: "medium",
  references: [kubernetes("Images: Image pull policy", "concepts/containers/images/#image-pull-policy")],
  mend: "Leave imagePullPolicy out, or set Always for a moving tag, IfNotPresent or Always for a version.",
  stacks: ["prod", "prod-*"],
  checkContainer(container, report) {
    const policy = container.field.at("imagePullPolicy");
    if (!policy.isSet || policy.value === "Always") return;
    const field = container.field.at("image");
    const image = parseImage(field.text);
    if (policy.isNot("IfNotPresent")) report(policy);
    else if (field.isUnknown) report(field);
    else if (image && isMoving(image))
      report(policy, `behind ${field.text} there may be another image by now`);
  },
};
