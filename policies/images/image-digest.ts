import type { Container, Pod } from "../pod";
import { cis, kubernetes } from "../references";
import type { Report, Rule } from "../rule";
import { imagesOf, parseImage } from "./image";

export const imageDigest: Rule = {
  id: "image-digest",
  title:
    "An image must be named by its digest, so that what runs is what was examined, whoever moves its tag.",
  severity: "low",
  references: [
    kubernetes("Images: Image names", "concepts/containers/images/#image-names"),
    cis("5.5.1", "Configure Image Provenance using ImagePolicyWebhook admission controller"),
  ],
  mend: "Name the digest behind the tag, as in `web:1.4.2@sha256:…`.",
  // Whoever builds images has to write digests into config by a program: nobody does so by hand.
  level: "disabled",
  checkPod: check,
  checkContainer: check,
};

function check(of: Pod | Container, report: Report) {
  for (const field of imagesOf(of)) if (parseImage(field.text)?.digest === undefined) report(field);
}
