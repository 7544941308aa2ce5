import type { Field } from "../field";
import type { Container, Pod } from "../pod";
import { kubernetes } from "../references";
import type { Report, Rule } from "../rule";
import { imagesOf, isMoving, parseImage } from "./image";

export const imageTag: Rule = {
  id: "image-tag",
  title: "An image must be named by a version: behind `latest`, or no tag, there may be another tomorrow.",
  severity: "medium",
  references: [kubernetes("Images: Image names", "concepts/containers/images/#image-names")],
  mend: "Name a version, as in `web:1.4.2`, or a digest.",
  stacks: ["prod", "prod-*"],
  checkPod: check,
  checkContainer: check,
};

function check(of: Pod | Container, report: Report) {
  for (const field of imagesOf(of)) if (field.isUnknown || moves(field)) report(field);
}

function moves(field: Field): boolean {
  const image = parseImage(field.text);
  return image !== undefined && isMoving(image);
}
