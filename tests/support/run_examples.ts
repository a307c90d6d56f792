// Runs example programs, in a process of their own: `run_examples.ts FILE…`, and prints as JSON by file what is wrong.
import { difference, thrownDifference } from './doc_results';

async function main(files: string[]) {
  const wrong: Record<string, string[]> = {};
  for (const file of files) {
    wrong[file] = [];
    const check = async (line: string, give: () => Promise<unknown>, expected: string) => {
      const found = await give().then(
        (value: unknown) => difference(value, expected),
        (error: unknown) => thrownDifference(error, expected),
      );
      if (found) wrong[file].push(`${line} ${found}`);
    };
    try {
      await require(file).run(check);
    } catch (error) {
      wrong[file].push(String(error));
    }
  }
  process.stdout.write(JSON.stringify(wrong));
}

main(process.argv.slice(2));
