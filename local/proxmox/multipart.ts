/** One part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly filename?: string | undefined;
  readonly content: string;
}

/** Takes a multipart/form-data body apart; nothing when the boundary is missing. */
export function parseMultipart(contentType: string, body: string): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) return [];
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((piece) => {
      const cut = piece.indexOf("\r\n\r\n");
      const head = piece.slice(0, cut);
      const name = /[\s;]name="([^"]*)"/.exec(head)?.[1];
      if (cut < 0 || name === undefined) return [];
      return [{ name, filename: /filename="([^"]*)"/.exec(head)?.[1], content: piece.slice(cut + 4, -2) }];
    });
}
