import { readFileSync, watchFile } from "node:fs";
import { ConnectServer } from "./onepassword-connect";

// The local cluster's stand-in of a Connect server, as a program: `<file of the vaults> <port>`. Who changes the file
// has changed the vaults; the token is a placeholder like any other secret there, so any will do.

const [file, port] = process.argv.slice(2);
const vaults = () => JSON.parse(readFileSync(file!, "utf8"));

const server = new ConnectServer(vaults(), Number(port));
server.takesAnyToken = true;
server.start();
watchFile(file!, { interval: 500 }, () => {
  try {
    server.hold(vaults());
  } catch {
    // The parser's own words would quote the file.
    console.error(`${file}: it is half written, or no JSON; what was there holds`);
  }
});
