/** A handler to bundle. */
export async function handler(theEventWithALongName: unknown) {
  return { statusCode: 200, body: JSON.stringify(theEventWithALongName) };
}
