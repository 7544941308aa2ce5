import { z } from "zod";
import { flag, text } from "./values/scalar";

/** `muster:cluster`: which cluster the stack lives on. */
export const clusterConfig = z.strictObject({
  context: text({ name: "the name of a kubeconfig context", example: "prod-eu", pattern: /^\S(?:.*\S)?$/ })
    .describe(
      "The kubeconfig context to use. Default: the current one. That of another cluster needs another name of the cluster as well.",
    )
    .optional(),
  name: text({
    name: "a name for the cluster",
    example: "prod-eu",
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  })
    .describe(
      "What the cluster is called in the stack's state: while it stays, an edited kubeconfig replaces nothing. Change it when the stack moves to another cluster: all of it is then removed there, but for what destroy keeps, and made here. For the removal it needs the context that it had. Default: the stack's name.",
    )
    .optional(),
  admissionPolicies: flag()
    .describe(
      "Whether the API server is given policies (ValidatingAdmissionPolicy), by which a dispatcher creates its own kind of Job alone and nobody a pod without limits. They are objects of the whole cluster: false where the stack's user may not make those. Default: true.",
    )
    .optional(),
});

export type ClusterConfig = z.output<typeof clusterConfig> & { readonly name: string };
