package dev.skiffmesh.api.status;

import dev.skiffmesh.api.document.DocumentKey;

/**
 * What is to be said of one policy.
 *
 * @param policy which one
 * @param generation of the newest document, in force or not
 * @param accepted is it understood, allowed and meaningful
 * @param programmed do the proxies do what it says
 * @param proxies how many of them
 */
public record PolicyStatus(
    DocumentKey policy,
    long generation,
    Condition accepted,
    Condition programmed,
    Proxies proxies) {

  /**
   * Connected proxies whose view contains the target.
   *
   * @param targeted all of them
   * @param acked those that have acknowledged everything the policy shaped
   * @param rejected those that have rejected something it shaped
   */
  public record Proxies(int targeted, int acked, int rejected) {
    /** No proxy. */
    public static final Proxies NONE = new Proxies(0, 0, 0);
  }
}
