import { nsa } from "../references";
import type { Rule } from "../rule";

export const readOnlyRootFilesystem: Rule = {
  id: "read-only-root-filesystem",
  title: "A container's image must stay as it was built: what is written goes to a volume.",
  severity: "medium",
  references: [nsa("Immutable container file systems")],
  mend: "Set securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where the container writes.",
  requires: [
    {
      of: "container",
      path: "securityContext.readOnlyRootFilesystem",
      accepts: [true],
      linuxOnly: true,
      notEphemeral: true,
    },
  ],
};
