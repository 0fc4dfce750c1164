package dev.skiffmesh.e2e.comparison;

/**
 * What is done in each of the twelve rows, and what came of it; the words of the table in {@code
 * docs/benchmarks.md}.
 */
enum Row {
  REJECTED_SOTW_CLUSTERS(
      1,
      "reject the same SotW CDS response, 1,000 times if need be",
      "sends the same clusters again after each rejection: 1,001 times",
      "times that the same clusters came: [1001]",
      "sends a content once; a new content once more"),
  REJECTED_DELTA_ENDPOINTS(
      2,
      "the same with the first delta EDS response",
      "sends the same assignment again after each rejection: 1,001 times",
      "times that the same assignment came: [1001]",
      "sends a content once; a new content once more"),
  REJECTED_TOGETHER(
      3,
      "reject a delta CDS response of clusters A and B, because of B; then B is repaired",
      "sends B alone; A never comes",
      "what the client has after B was repaired: [B]",
      "sends A apart from B while B is bad, then the new B"),
  UNKNOWN_NONCE(
      4,
      "delta EDS request for A with a nonce that the server never gave",
      "ends the stream with UNKNOWN",
      "no message will come, the call has ended: Status{code=UNKNOWN",
      "answers with A"),
  RECONNECT(
      5,
      "reconnect with `initial_resource_versions` of A, which is current, and of one that is gone",
      "sends A again and does not tell what is gone",
      "what comes after the reconnect: [A]",
      "sends nothing again and removes the one that is gone"),
  MISSING_FOR_A_WHILE(
      6,
      "SotW EDS for A and B; B vanishes from one content and is back in the next",
      "sends nothing any more, not even of A",
      "what comes when B is back: []",
      "sends B when it is back"),
  RUNTIME_ON_ADS(
      7,
      "RTDS request on ADS",
      "ends the stream with UNKNOWN",
      "no message will come, the call has ended: Status{code=UNKNOWN",
      "answers"),
  NO_MORE_ROUTES(
      8,
      "SotW RDS for R1, then for nothing; then routes change",
      "sends all routes, also those that were never asked for",
      "routes that nobody asks for: [R1, R2]",
      "sends no routes"),
  ONE_CLUSTER(
      9,
      "delta CDS for A alone; and unsubscribe from `*`",
      "sends all clusters to a client that asked for A",
      "what comes to a client that asks for A alone: [A, B]",
      "sends A alone"),
  NO_SUCH_NAME(
      10,
      "delta EDS for a name that does not exist",
      "does not answer; Envoy waits for 15 s",
      "the answers about the name that does not exist: []",
      "answers with an empty assignment"),
  NODE_ONCE(
      11,
      "SotW requests of which only the first says the node, as gRPC C-core writes them",
      "does not answer the later requests",
      "the answers to a request without node: []",
      "answers"),
  ONE_OF_TWENTY_THROWS(
      12,
      "20 clients of one group; serving one of them throws when a new content is set",
      "not all of the other 19 get it (none in our runs): the throw ends the loop over the clients",
      "how many of the other clients have the new content: [",
      "gives it to the other 19 and ends the broken stream");

  private final int number;
  private final String done;
  private final String stock;
  private final String evidence;
  private final String skiff;

  Row(int number, String done, String stock, String evidence, String skiff) {
    this.number = number;
    this.done = done;
    this.stock = stock;
    this.evidence = evidence;
    this.skiff = skiff;
  }

  /** What the message of the failing check says when stock does what was seen. */
  String evidence() {
    return evidence;
  }

  /** The line in the page. */
  String line() {
    return "| " + number + " | " + done + " | " + stock + " | " + skiff + " |";
  }
}
