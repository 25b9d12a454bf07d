/** Microseconds of CPU that a piece of work takes, done again and again for so many milliseconds. It must come to the same each time. */
export async function cost(work: () => Promise<number>, ms: number): Promise<number> {
  const expected = await work();
  const end = performance.now() + ms;
  const before = process.cpuUsage();
  let times = 0;
  do {
    if ((await work()) !== expected) throw new Error("the same work came to something else");
    times += 1;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
