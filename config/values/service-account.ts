import { z } from "zod";
import { contradiction } from "./contradiction";
import { annotations } from "./label";
import { serviceAccountName } from "./name";
import { flag } from "./scalar";

/**
 * The service account of a workload: its own, with annotations such as those of workload identity, or one that is in
 * the namespace already. Refused: a name for its own, which has the workload's; none, or annotations, for one that is there.
 */
export const serviceAccount = () =>
  z
    .strictObject({
      create: flag().describe("Whether the workload has a service account of its own.").prefault(true),
      name: serviceAccountName()
        .describe("With create: false, the service account that is in the namespace already.")
        .optional(),
      annotations: annotations()
        .describe("Annotations of its own one, such as those of workload identity.")
        .prefault({}),
    })
    .superRefine(({ create, name, annotations }, context) => {
      const wrong = (key: string, input: unknown, message: string, accepts: string) =>
        contradiction(context, { path: [key], input, message, accepts, beside: ["create"] });
      if (create === false && name === undefined)
        wrong("name", undefined, "is missing, and create is false", "the name of one that is there");
      if (create === true && name !== undefined)
        wrong(
          "name",
          name,
          "names one that is there, and create is true",
          "a name together with create: false",
        );
      if (create === false && Object.keys(annotations ?? {}).length > 0)
        wrong(
          "annotations",
          annotations,
          "would be of one that is not made",
          "annotations together with create: true",
        );
    })
    .transform(({ name, annotations }) => ({ existing: name, annotations }));
