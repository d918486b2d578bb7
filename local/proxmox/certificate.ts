import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { generate } from "selfsigned";

export const Certificate = z.object({ key: z.string(), cert: z.string() });
export type Certificate = z.infer<typeof Certificate>;

/** A new self-signed certificate for loopback. */
export async function makeCertificate(): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: "pve1.localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 3650 * 86_400_000),
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** The certificate in this file, made at the first call, so that its fingerprint survives restarts. */
export async function keptCertificate(file: string): Promise<Certificate> {
  try {
    return Certificate.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    const made = await makeCertificate();
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
    return made;
  }
}

/** SHA-256 of the certificate, "AA:BB:…", as Proxmox shows it. */
export const fingerprintOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256;
