package dev.skiffmesh.server.delivery;

import org.jspecify.annotations.Nullable;

/**
 * {@link Subscription#names}, at less cost for who asks in order. Lives within one step; not
 * thread-safe.
 */
final class NameLookup {

  private @Nullable Subscription last;
  private @Nullable OrderedLookup<String> shared;
  private @Nullable OrderedLookup<String> own;

  /** Tells whether {@code subscription} names it. */
  @SuppressWarnings("ReferenceEquality") // A subscription is replaced and never changed.
  boolean names(Subscription subscription, String name) {
    OrderedLookup<String> inShared = shared;
    OrderedLookup<String> inOwn = own;
    if (last != subscription || inShared == null || inOwn == null) {
      inShared = OrderedLookup.in(subscription.shared());
      inOwn = OrderedLookup.in(subscription.own());
      last = subscription;
      shared = inShared;
      own = inOwn;
    }
    return inShared.find(name) != null || inOwn.find(name) != null;
  }
}
