/**
 * What bundles leave out, since it never runs on Lambda (docs/decisions/0011); `test/infra/bundled.test.ts` runs what is left.
 * SST hands these two options of esbuild on, but no `alias`.
 */
export const esbuild = {
  // undici's own switch for Node's build of it: without Milo, a second HTTP parser that is off by default.
  define: { esbuildDetection: "true" },
  external: [
    // undici: the parser for machines without SIMD, and bodies that are FormData.
    "../llhttp/llhttp-wasm.js",
    "../web/fetch/body.js",
    "../web/fetch/formdata",
    "../web/webidl",
    // The AWS SDK: credentials from anywhere but the environment, where Lambda puts them.
    "@aws-sdk/credential-provider-http",
    "@aws-sdk/credential-provider-ini",
    "@aws-sdk/credential-provider-process",
    "@aws-sdk/credential-provider-sso",
    "@aws-sdk/credential-provider-web-identity",
    "@smithy/credential-provider-imds",
  ],
};
