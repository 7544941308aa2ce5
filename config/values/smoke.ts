import { z } from "zod";
import { image } from "./image";
import { flag } from "./scalar";

/** The check of a system after each roll-out. */
export const smoke = () =>
  z
    .strictObject({
      enabled: flag()
        .describe("Whether it runs. false where no pod may end by itself, as in some service meshes.")
        .prefault(true),
      image: image()
        .describe("An image with curl 7.75 or newer and a shell, which may be a mirror of this one.")
        .prefault("curlimages/curl:8.16.0"),
    })
    .transform(({ enabled, image }) => (enabled ? { image } : undefined))
    .describe(
      "The Job smoke, which asks the system's health paths through its Services once everything is ready, after each roll-out. Where one does not answer well, the update fails.",
    )
    .prefault({});
