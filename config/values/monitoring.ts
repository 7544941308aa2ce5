import { z } from "zod";
import { ownLabels } from "./label";
import { dnsLabel } from "./name";

/** What scrapes the system's metrics. */
export const monitoring = () =>
  z
    .strictObject({
      namespace: dnsLabel()
        .describe("The namespace of Prometheus: the network lets it scrape.")
        .prefault("monitoring"),
      labels: ownLabels()
        .describe("Labels that the operator selects ServiceMonitors by, such as release. Default: none.")
        .optional(),
    })
    .describe("Lets the Prometheus Operator scrape the system. Left out: nothing is scraped.");
