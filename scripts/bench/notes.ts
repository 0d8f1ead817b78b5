/**
 * Why a row is as it is: written by hand, printed under the table it belongs to, kept when the table is written anew. A row that
 * misses its target says here what a profile shows as the reason.
 */

/** By the id of the row or case. */
export const NOTES: Readonly<Record<string, string>> = {
  "1":
    "A job that pushes the same text with other numbers is read by filling in the numbers. So are a thousand jobs that share nothing: a " +
    "profile shows the same functions, each of which takes twice as long, presumably because what a thousand jobs need does not stay in " +
    "the processor's caches.",
  "2":
    "With 100 000 groups the ratio was 0.92 in this run and 0.81 to 0.86 in five others on the same machine, with 20 000 it was 0.88 to 0.90, with " +
    "5 000 0.89 to 1.00: the target is reached now and then, not safely. " +
    "Pushing to the same 100 groups while 92 000 are held costs 4 to 6 % more than while they are alone, which is the collector's; " +
    "another 7 % are cache misses on the map, the key, the group and its row. Nothing of it grows with the number of look-ups.",
  "3":
    "Other series each time is what series cost that nobody has seen. In a profile 45 % are the making of 20 000 label texts and their " +
    "copying out of the body, 10 % the look for series that are there twice, and most of the rest is the parser.",
  "4":
    "Identity: sending the same bytes ready made takes S 8.9 ms, so that 30 times as fast as R leaves 5 ms for everything else. " +
    "Scrapes that follow each other at once take 6 ms; after 200 ms of idling, as here, 12 to 16: the memory that the body is put into has been " +
    "given back to the system meanwhile. Putting it into memory that is kept changed nothing that could be measured.",
  "6":
    "The first loop writes a row for each family that a push changes, as the gateway did before it stored small groups whole, the second the " +
    "row that it writes now. Neither has HTTP: L takes 8.5 µs of processor time a push with many connections and 62 µs of waiting with one, so " +
    "that a gateway which did nothing but that and the first loop's work would come to 0.65, 0.75 and 0.69. Of our 28 µs at 64 connections 5 " +
    "are spent in SQLite and 3 make the record and its checksum; the rest is what a push costs that is not stored. A thread that commits while the next pushes are read was measured: on two cores it gains nothing on a quick disk, " +
    "because handing a batch over costs what it saves; on a slow one the gateway uses it by itself.",
  "storm":
    "Between two scrapes nearly every block has changed, so that a scrape renders and compresses all 20 000 groups, in one piece of " +
    "work during which no push is answered.",
  "scrapers": "Each scraper has a body of its own, joined from the same compressed blocks.",
  "slow": "The bodies that slow scrapers have not read yet: 32 times 9.8 MB.",
};
