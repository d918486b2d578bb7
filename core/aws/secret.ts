import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { readFile } from "node:fs/promises";
import * as z from "zod";

/** Where a cluster's credential is kept. Read by the id of the cluster, never by a name out of a message. */
export interface Secrets {
  read(cluster: string): Promise<string | undefined>;
}

/** SSM SecureStrings below a path that ends with a slash. */
export function parameterSecrets(path: string, client = new SSMClient({})): Secrets {
  return {
    async read(cluster) {
      try {
        const { Parameter } = await client.send(
          new GetParameterCommand({ Name: path + cluster, WithDecryption: true }),
        );
        return Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
  };
}

const File = z.record(z.string(), z.string());

/** A file that only its owner may read, for the laptop. */
export function fileSecrets(file: string): Secrets {
  return {
    read: async (cluster) => File.parse(JSON.parse(await readFile(file, "utf8")))[cluster],
  };
}
