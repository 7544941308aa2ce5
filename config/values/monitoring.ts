import { z } from "zod";
import { image } from "./image";
import { ownLabels } from "./label";
import { dnsLabel } from "./name";
import { integer } from "./scalar";
import { url } from "./url";

/** What scrapes the system's metrics. */
export const monitoring = () =>
  z
    .strictObject({
      namespace: dnsLabel()
        .describe("The namespace of Prometheus: the network lets it scrape.")
        .prefault("monitoring"),
      labels: ownLabels()
        .describe(
          "Labels that the operator selects ServiceMonitors and PrometheusRules by, such as release. Default: none.",
        )
        .optional(),
      exporters: z
        .strictObject({
          redis: image()
            .describe("The exporter of Redis, where the system has one.")
            .prefault("oliver006/redis_exporter:v1.74.0"),
          postgresql: image()
            .describe("The exporter of PostgreSQL, where the system has one.")
            .prefault("quay.io/prometheuscommunity/postgres-exporter:v0.17.1"),
        })
        .describe("The images that export the metrics of the system's own servers.")
        .prefault({}),
      longestQueue: integer({ min: 1, max: 1_000_000 })
        .describe(
          "How many tasks may wait in a queue of the system for 15 minutes before there is an alert: thebot and rtc-egress have some.",
        )
        .prefault(100),
      runbooks: url({ schemes: ["https", "http"] })
        .describe(
          "The address that this repository is read at, such as https://git.example.com/ops/muster/blob/main: alerts link to its pages. Default: they name the page by its path.",
        )
        .optional(),
    })
    .describe(
      "Lets the Prometheus Operator scrape the system and its servers, and alert. Left out: nothing is scraped.",
    );
