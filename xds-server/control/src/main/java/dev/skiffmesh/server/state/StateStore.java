package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Keeps what must survive a restart. Each method blocks until its work is durable, but for single
 * documents, which become so together. {@link #restore} is called once, before anything is saved;
 * the others by one thread at a time.
 */
public interface StateStore extends AutoCloseable {

  /** What was saved before; never fails: what cannot be read is left out with a finding. */
  SavedState restore();

  /**
   * Makes ready what {@link #save} needs, and mends what others did to it; nothing happens if that
   * was done before.
   *
   * @throws IOException with a message for the user if nothing could be saved now; it may be tried
   *     again
   */
  void prepare() throws IOException;

  /** Keeps one document; it is durable after {@link #syncDocuments}. */
  void save(SavedDocument document) throws IOException;

  /** Forgets one document, likewise; nothing happens if it is not known. */
  void forget(DocumentKey key) throws IOException;

  /** Makes durable all that was kept and forgotten of documents. */
  void syncDocuments() throws IOException;

  /**
   * Keeps what a source said of its services.
   *
   * @param services all of the source's services
   * @param changed those that differ from what was saved before, gone ones included
   */
  void save(String source, Map<ServiceId, SavedService> services, Set<ServiceId> changed)
      throws IOException;

  /** Keeps what one workload uses; if it uses nothing, forgets the workload. */
  void save(SavedScope scope) throws IOException;

  /** Forgets a source that is no longer configured; nothing happens if it is not known. */
  void forgetSource(String source) throws IOException;

  /** Lets another process use what is kept. */
  @Override
  void close();
}
