// A histogram as a shape.

/** The height of the tallest bar that counts: spikes of black, white and flat areas are cut off. */
export function ceiling(...channels: readonly Uint32Array[]): number {
  const counts = channels.flatMap((channel) => [...channel.subarray(1, 255)]).sort((one, two) => one - two);
  return Math.max(1, (counts[Math.floor(counts.length * 0.985)] ?? 1) * 1.15);
}

/** An SVG path of 256 counts over a width, standing on the lower edge of a height. */
export function histogramPath(counts: Uint32Array, width: number, height: number, most: number = ceiling(counts)): string {
  let path = `M0 ${height}`;
  for (let value = 0; value < 256; value += 1) {
    // The square root shows small counts as well.
    const share = Math.sqrt(Math.min(1, (counts[value] ?? 0) / most));
    path += `L${((value / 255) * width).toFixed(1)} ${(height * (1 - share)).toFixed(1)}`;
  }
  return `${path}L${width} ${height}Z`;
}
