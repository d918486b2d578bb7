/** Maps with at most `width` calls running at once; answers are in the order of the input. After an error no further call begins. */
export async function pooled<In, Out>(
  items: readonly In[],
  width: number,
  map: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await map(item);
    }
  };
  const guarded = () =>
    worker().catch((error: unknown) => {
      next = items.length;
      throw error;
    });
  await Promise.all(Array.from({ length: Math.min(Math.max(1, width), items.length) }, guarded));
  return results;
}
