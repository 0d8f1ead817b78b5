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
    "What is left of the difference are three places that are in no cache with many groups, each of which takes 0.2 µs: a slot of the index, " +
    "the id of the group and its row. Pushing to the same 100 groups while 100 000 are held costs what it costs while they are alone. Nothing " +
    "grows with the number of look-ups. The ratio of one second to the next varies more than that, so that this row has fifteen rounds.",
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
    "that a gateway which did nothing but that and the first loop's work would come to 0.65, 0.75 and 0.69, and with the second loop's to 0.70 with one connection and to more than 1 with many. Of our 29 µs at 64 connections 9 " +
    "are SQLite (3 its own code, 3 writing pages, 2 the sync), 6 sending answers and receiving, 3 our own code as compiled; the rest is spread over many " +
    "functions of the runtime: strings and promises made, JSON, bindings, and memory that is in no cache since SQLite had its turn. A thread that commits " +
    "while the next pushes are read was tried on this machine: 6 % more at 64 connections, nothing at 16, less with one.",
  "storm":
    "Between two scrapes nearly every block has changed, so that a scrape renders and compresses all 20 000 groups, in one piece of " +
    "work during which no push is answered.",
  "scrapers": "Each scraper has a body of its own, joined from the same compressed blocks.",
  "slow": "The bodies that slow scrapers have not read yet: 32 times 9.8 MB.",
};
