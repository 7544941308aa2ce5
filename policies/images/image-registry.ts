import type { Container, Pod } from "../pod";
import { cis } from "../references";
import type { Report, Rule } from "../rule";
import { matchesPattern } from "../settings";
import { imagesOf, parseImage } from "./image";

interface Settings {
  readonly allowed: readonly string[];
}

export const imageRegistry: Rule<Settings> = {
  id: "image-registry",
  title: "Images may come only from the registries that the pack's config allows, where it names some.",
  severity: "high",
  references: [cis("5.5.1", "Configure Image Provenance using ImagePolicyWebhook admission controller")],
  mend: "Take the image from one of the allowed registries, or mirror it there.",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      description:
        "Repositories with their registry, in which `*` stands for any text: `ghcr.io/acme/*`, `docker.io/library/redis`. Where there are none, all are allowed.",
      default: [],
    },
  },
  checkPod: check,
  checkContainer: check,
};

function check(of: Pod | Container, report: Report, { allowed }: Settings) {
  if (allowed.length === 0) return;
  for (const field of imagesOf(of)) {
    const { repository = "" } = parseImage(field.text) ?? {};
    if (!allowed.some((pattern) => matchesPattern(pattern, repository))) report(field);
  }
}
