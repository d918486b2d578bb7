import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

test("an agent answers under result; without one set up, without one there, or stopped it is a 500", async () => {
  const { get, where, simulator, clock } = simulation();
  const path = (vmid: number) => `${where(vmid)}/agent/network-get-interfaces`;
  expect((await get(path(101))).json.data).toMatchObject({ result: [{ name: "lo" }, { name: "eth0" }] });
  expect((await get(path(107))).reason).toBe("VM 107 is not running");
  Object.assign(simulator.state.guests[101] ?? {}, { deaf: true });
  const before = clock.now().getTime();
  expect((await get(path(101))).reason).toBe("QEMU guest agent is not running");
  expect(clock.now().getTime() - before).toBe(3000);
  delete simulator.state.guests[102]?.config.agent;
  expect((await get(path(102))).reason).toBe("No QEMU guest agent configured");
});

test("a disk moves to other storage and leaves an unused one behind, unless it is deleted", async () => {
  const { get, post, ended, where } = simulation();
  const move = (form: Record<string, string | number>) =>
    post(`${where(107)}/move_disk`, { disk: "scsi0", ...form });
  expect((await move({ storage: "local-lvm" })).reason).toBe(
    "you can't move to the same storage with same format",
  );
  const answer = await move({ storage: "nfs", format: "qcow2" });
  expect(answer.json.data).toContain(":qmmove:107:");
  expect(await ended(answer)).toBe("OK");
  expect((await get(`${where(107)}/config`)).json.data).toMatchObject({
    scsi0: "nfs:107/vm-107-disk-0.qcow2,size=32G",
    unused0: "local-lvm:vm-107-disk-0",
  });
  expect(await ended(await move({ storage: "local-lvm", delete: 1 }))).toBe("OK");
  expect((await get(`${where(107)}/config`)).json.data).not.toHaveProperty("unused1");
});

test("time series have the rows and steps of their version, a month deep, and no nulls", async () => {
  const old = rows(
    await (({ get, where }) => get(`${where(101)}/rrddata`, { timeframe: "hour" }))(simulation()),
  );
  expect(old).toHaveLength(70);
  const { get, where } = simulation({ version: "9.2" });
  const hour = rows(await get(`${where(101)}/rrddata`, { timeframe: "hour" }));
  expect(hour).toHaveLength(60);
  expect(hour[0]).toMatchObject({ memhost: expect.any(Number) });
  expect(Number(hour[1]?.time) - Number(hour[0]?.time)).toBe(60);
  const year = rows(await get("/nodes/pve1/rrddata", { timeframe: "year" }));
  expect(Object.keys(year[0] ?? {})).toEqual(["time"]);
  expect(year.at(-1)).toMatchObject({ memtotal: expect.any(Number) });
});

test("an upload makes a volume of the file's size; a wrong checksum fails in the task, a wrong extension at once", async () => {
  const { simulator, clock, get, ended } = simulation();
  const content = "x".repeat(2048);
  const send = (name: string, fields: readonly (readonly [string, string])[]) => {
    const all = [["content", "iso"] as const, ...fields];
    const parts = all.map(
      ([key, value]) => `--b\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
    );
    const file = `--b\r\nContent-Disposition: form-data; name="filename"; filename="${name}"\r\n\r\n${content}\r\n--b--\r\n`;
    const headers = {
      authorization: `PVEAPIToken=${simulator.token}`,
      "content-type": "multipart/form-data; boundary=b",
    };
    const target = "/api2/json/nodes/pve1/storage/nfs/upload";
    return clock.until(simulator.handle({ method: "POST", target, headers, body: parts.join("") + file }));
  };
  const finish = async (response: Awaited<ReturnType<typeof send>>) =>
    ended({ ...response, json: JSON.parse(response.body) });
  expect(await finish(await send("disk.iso", []))).toBe("OK");
  expect(rows(await get("/nodes/pve2/storage/nfs/content", { content: "iso" }))).toMatchObject([
    { volid: "nfs:iso/disk.iso", size: 2048 },
  ]);
  const wrong = await send("two.iso", [
    ["checksum-algorithm", "sha256"],
    ["checksum", "0".repeat(64)],
  ]);
  expect(await finish(wrong)).toMatch(/^checksum mismatch: got '[0-9a-f]{64}' != expect '0{64}'$/);
  expect((await send("disk.txt", [])).body).toContain("wrong file extension");
});
