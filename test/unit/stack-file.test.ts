import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { readByPulumi } from "../../config/pulumi-yaml";
import { StackDirectory } from "./stack-directory";

const errorsOf = (stackFile: string) => {
  using directory = new StackDirectory();
  return directory.refusal(stackFile).errors;
};

const dispatcher = (settings: string) => `config:
  muster:agentsmith:
    dispatcher: { ${settings} }
`;

describe("a value that the Pulumi CLI reads in another way than YAML 1.2", () => {
  it.each([
    ["010", "the number 8", "the number 10", "8 or 10 or '010' in quotes"],
    ["-010", "the number -8", "the number -10", "-8 or -10 or '-010' in quotes"],
    ["1_000", "the number 1000", "text", "1000 or '1_000' in quotes"],
    ["0b11", "the number 3", "text", "3 or '0b11' in quotes"],
    ["0X1f", "the number 31", "text", "31 or '0X1f' in quotes"],
    ["-0x1f", "the number -31", "text", "-31 or '-0x1f' in quotes"],
    ["2026-11-26", "a time", "text", "'2026-11-26' in quotes"],
  ])("%s is refused, with both", (text, pulumis, others, accepts) => {
    expect(errorsOf(dispatcher(`replicas: ${text}`))[0]).toMatchObject({
      file: "Pulumi.dev.yaml",
      line: 3,
      column: 29,
      path: "muster:agentsmith.dispatcher.replicas",
      message: `${text} is ${pulumis} to the Pulumi CLI and ${others} to YAML 1.2.`,
      accepts: `what is meant: ${accepts}`,
    });
  });

  it("is told from one that both read alike", () => {
    // As the CLI 3.250.0 reads them.
    const alike =
      "8 08 0o10 0x1f 1e3 .5 1. +5 ~ null true off no 1:30 12:30:45 1.2.3 2026-02-30 .inf 00 v1 _1";
    for (const text of alike.split(" ")) expect([text, readByPulumi(text)]).toEqual([text, parse(text)]);
  });

  it("is found in lists, among secrets of Pulumi's providers, and not in quotes", () => {
    const errors = errorsOf(`config:
  kubernetes:x: [1, 010]
  muster:agentsmith: { dispatcher: { podAnnotations: { a/b: "010", a/c: !!str 010, a/d: '1_000' } } }
`);
    expect(errors.map(({ line, path }) => [line, path])).toEqual([[2, "kubernetes:x[1]"]]);
  });

  it("is found in a key", () => {
    const [error, ...more] = errorsOf(dispatcher("podAnnotations: { 8080: x, true: y, 010: z }"));
    expect(more).toEqual([]);
    expect(error).toMatchObject({
      line: 3,
      column: 55,
      path: 'muster:agentsmith.dispatcher.podAnnotations["010"]',
      accepts: "'010' in quotes",
    });
  });

  it("is found where the file says what a value is", () => {
    expect(errorsOf(dispatcher("replicas: !!float 2"))[0]).toMatchObject({ line: 3, accepts: "no tag" });
  });
});

describe("merge keys", () => {
  const merged = (secret: string) => `defaults: &defaults
  replicas: 2
  podAnnotations: &annotations { example.com/a: b }
config:
  agentsmith: { dispatcher: { <<: *defaults, replicas: 3 }, spawner: { podAnnotations: *annotations }${secret} }
`;

  it("are read as the CLI reads them", () => {
    using directory = new StackDirectory();
    const { agentsmith } = directory.parse(merged(""));
    expect(agentsmith?.dispatcher).toMatchObject({
      scale: { replicas: 3 },
      podAnnotations: { "example.com/a": "b" },
    });
    expect(agentsmith?.spawner.podAnnotations).toEqual({ "example.com/a": "b" });
  });

  it("are where an error in what they bring stands", () => {
    const [error] = errorsOf(merged("").replace("example.com/a: b", "example.com/a: [b]"));
    expect(error).toMatchObject({ file: "Pulumi.dev.yaml", line: 3 });
  });

  it.each([
    ["<<: [*defaults, 1]", "What it merges is no mapping."],
    ["<<: *nowhere", 'No anchor is set for the alias "nowhere".'],
    ["<<: *defaults, <<: *defaults", "This key stands here for the second time."],
  ])("%s is refused", (merge, message) => {
    const stackFile = merged("").replace("<<: *defaults, replicas: 3", merge);
    expect(errorsOf(stackFile)[0]).toMatchObject({ file: "Pulumi.dev.yaml", line: 5, message });
  });
});

test.each([
  ["", undefined, /^No system runs/],
  ["config:\n", undefined, /^No system runs/],
  ["config:\n\tmuster:agentsmith: {}\n", 2, /Tabs/],
  ["config:\n  muster:agentsmith: {\n", 3, /This is not YAML/],
  ["config:\n  muster:agentsmith: { redis: {\n", 3, /This is not YAML/],
  ["config:\n  muster:agentsmith: {}\n  muster:agentsmith: {}\n", 3, /second time/],
  ["config: {}\n---\nconfig: {}\n", 2, /second document/],
  ["- config\n", 1, /no mapping/],
  ["config: [muster:agentsmith]\n", 1, /no mapping/],
])("a file with %j is told in one paragraph, with its line", (stackFile, line, message) => {
  const [error, ...more] = errorsOf(stackFile);
  expect(more).toEqual([]);
  expect(error).toMatchObject({ file: "Pulumi.dev.yaml", message: expect.stringMatching(message) });
  expect(error?.line).toBe(line);
});

test("an encrypted value within a setting is told by its place, in every command, and not shown", () => {
  using directory = new StackDirectory();
  const { message } = directory.refusal(dispatcher("replicas: { secure: v1:abc=:def }"));
  expect(message).toContain("Pulumi.dev.yaml:3:19  muster:agentsmith.dispatcher.replicas\n");
  expect(message).not.toContain("v1:abc");
});
