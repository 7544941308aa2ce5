import { Command } from "commander";
import { exportersOf } from "../components/exporter";
import { declaredSystems } from "../systems";
import { command } from "../tools/failure";
import { stackConfig } from "../tools/stack-config";
import { sizeOf } from "./size/size";
import { table } from "./size/table";

new Command("size")
  .description(
    "What each system of a stack asks of its cluster, at least and at most. Asks no cluster itself.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .action(({ stack }: { stack: string }) =>
    command(async () => {
      const systems = declaredSystems(stackConfig(stack)).map(({ declared }) => ({
        name: declared.name,
        workloads: [...declared.workloads, ...exportersOf(declared)],
      }));
      for (const { name, workloads } of systems) console.log(`${name}\n\n${table(sizeOf(workloads))}\n`);
      if (systems.length === 1) return;
      const all = sizeOf(systems.flatMap(({ workloads }) => workloads));
      console.log(`all systems\n\n${table({ ...all, workloads: [] })}`);
    }),
  )
  .parse();
