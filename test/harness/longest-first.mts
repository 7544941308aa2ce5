import { BaseSequencer, type TestSpecification } from "vitest/node";

// What `npm test -- --times` shows at its top, longest first: begun last, each would be waited for alone.
const longest = [
  "killed-start",
  "killed-up",
  "all-systems-dev",
  "rollout",
  "local-secret-stores",
  "secrets-from-onepassword-operator",
  "all-systems-prod",
  "autoscaling",
  "secrets-from-kubernetes",
  "secrets-of-managed-servers",
  "who-scales",
  "thebot-changes",
  "queues",
];

/** Vitest's order of files, with the longest before the others of their kind. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index < 0 ? longest.length : index;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
