import * as fc from "fast-check";
import { expect, test } from "vitest";
import { automaticTags } from "../../../core/tag/automatic.ts";
import { Tag } from "../../../core/tag/tag.ts";

test.each([
  ["acme-prod-web-1", ["client-acme", "env-prod", "always-on"]],
  ["acme-web-prod", ["client-acme", "env-prod", "always-on"]],
  ["Globex-Dev-1", ["client-globex", "env-dev", "maint-ok"]],
  ["acme-test2", ["client-acme", "env-test", "maint-ok"]],
  ["acme-staging-db", ["client-acme", "env-staging", "maint-ok"]],
  ["acme-cp-1", ["client-acme", "k8s-controlplane", "always-on"]],
  ["acme-dev-master1", ["client-acme", "env-dev", "maint-ok", "k8s-controlplane", "always-on"]],
  ["acme-prod-worker-3", ["client-acme", "env-prod", "always-on", "k8s-worker"]],
])("%s is %j", (name, tags) => {
  expect(automaticTags(name)).toEqual(tags);
});

test.each([
  ["latest-box", ["client-latest"]],
  ["mastermind-1", ["client-mastermind"]],
  ["acme-product-1", ["client-acme"]],
  ["acme-devices", ["client-acme"]],
])("%s: a word that only holds another is not that word", (name, tags) => {
  expect(automaticTags(name)).toEqual(tags);
});

test.each([
  ["prod-web-1", ["env-prod", "always-on"]],
  ["worker-1", ["k8s-worker"]],
])("%s: what says something else is no client", (name, tags) => {
  expect(automaticTags(name)).toEqual(tags);
});

test.each([
  ["web-1", ["client-acme"], []],
  ["web-1", ["Client-Acme"], []],
  ["web-1", ["client-web"], ["client-web"]],
  ["acme-prod-cp-1", ["env-dev"], ["client-acme", "k8s-controlplane", "always-on"]],
  ["acme-prod-1", ["env-prod"], ["client-acme", "env-prod", "always-on"]],
  ["acme-cp-1", ["k8s-worker"], ["client-acme"]],
  ["acme-prod-1", ["clients", "environment"], ["client-acme", "env-prod", "always-on"]],
])("D10: %s with %j is no second of a category", (name, tags, implied) => {
  expect(automaticTags(name, tags)).toEqual(implied);
});

test.each([["web"], [""], [null], ["-"], ["--x"]])("%j says nothing", (name) => {
  expect(automaticTags(name)).toEqual([]);
});

test("whatever a guest is called, its tags are tags that Proxmox takes, each once", () => {
  const part = fc.constantFrom("acme", "prod", "cp", "worker-1", "-", ".", "ü", "A B", "9", "test");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const tags = automaticTags(parts.join("-"));
      expect(tags.every((tag) => Tag.safeParse(tag).success)).toBe(true);
      expect(new Set(tags).size).toBe(tags.length);
    }),
  );
});
