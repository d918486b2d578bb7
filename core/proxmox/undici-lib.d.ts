/** Only undici's Agent: the index of the package brings fetch, caches and web sockets, 270 kB that no function uses. */
declare module "undici/lib/dispatcher/agent.js" {
  import { Agent } from "undici";
  export = Agent;
}
