package dev.rlmbeam.sandbox.pool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.repl.BoundContext;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.Deadline;
import dev.rlmbeam.sandbox.repl.DiskFullException;
import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.sandbox.repl.SandboxConnection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The contexts of one sandbox: each is uploaded once, however many sessions want it at the same
 * time, and deleted some time after nobody uses it any more. Thread-safe.
 */
final class SandboxContexts {
  /** What is there or on its way there. */
  static final class Entry {
    final CompletableFuture<LoadedContext> upload = new CompletableFuture<>();
    int users;

    long bytes() {
      LoadedContext context = upload.getNow(null);
      return context == null ? 0 : context.bytes();
    }
  }

  /**
   * A context that stays in the sandbox until it is released. Immutable.
   *
   * @param entry what it was taken from: one that was forgotten and uploaded again is another
   */
  record Held(BoundContext bound, Entry entry) {}

  /** An entry whose upload is done. */
  private record Loaded(LoadedContext context, Entry entry) {}

  private final SandboxConnection connection;
  private final long cacheBytes;

  /** By SHA-256, the one that was taken or given back least lately first. */
  @GuardedBy("this")
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  SandboxContexts(SandboxConnection connection, long cacheBytes) {
    this.connection = connection;
    this.cacheBytes = cacheBytes;
  }

  /** Sees to it that a context is there, and keeps it there until it is released. */
  Held acquire(ContextSource source, Deadline deadline) throws InterruptedException {
    Optional<String> sha256 = source.sha256();
    Loaded loaded =
        sha256.isPresent()
            ? acquireKnown(sha256.get(), source, deadline)
            : acquireUnknown(source, deadline);
    LoadedContext context = loaded.context();
    LoadedContext named =
        new LoadedContext(source.name(), context.sha256(), context.bytes(), context.codePoints());
    return new Held(new BoundContext(named, source.type(), source.place()), loaded.entry());
  }

  private Loaded acquireKnown(String sha256, ContextSource source, Deadline deadline)
      throws InterruptedException {
    while (true) {
      boolean mine;
      Entry entry;
      synchronized (this) {
        Entry found = entries.get(sha256);
        mine = found == null;
        entry = found == null ? new Entry() : found;
        entry.users++;
        if (mine) {
          entries.put(sha256, entry);
        }
      }
      if (mine) {
        return new Loaded(uploadFor(sha256, entry, source, deadline), entry);
      }
      try {
        long nanos = deadline.remaining().toNanos();
        return new Loaded(entry.upload.get(nanos, TimeUnit.NANOSECONDS), entry);
      } catch (ExecutionException e) {
        // Whoever uploaded it failed, perhaps for reasons of its own; now it is our turn.
        drop(entry);
      } catch (TimeoutException e) {
        drop(entry);
        throw new SandboxException(
            "", true, "the context from " + source.place() + " was not uploaded in time", e);
      } catch (InterruptedException e) {
        drop(entry);
        throw e;
      }
    }
  }

  private LoadedContext uploadFor(
      String sha256, Entry entry, ContextSource source, Deadline deadline)
      throws InterruptedException {
    boolean done = false;
    try {
      LoadedContext context = upload(source, deadline);
      done = true;
      entry.upload.complete(context);
      return context;
    } finally {
      if (!done) {
        synchronized (this) {
          entries.remove(sha256, entry);
        }
        entry.upload.completeExceptionally(new IllegalStateException("the upload failed"));
      }
    }
  }

  private Loaded acquireUnknown(ContextSource source, Deadline deadline)
      throws InterruptedException {
    LoadedContext context = upload(source, deadline);
    synchronized (this) {
      Entry entry = entries.computeIfAbsent(context.sha256(), sha256 -> new Entry());
      entry.upload.complete(context);
      entry.users++;
      return new Loaded(context, entry);
    }
  }

  private LoadedContext upload(ContextSource source, Deadline deadline)
      throws InterruptedException {
    try {
      return connection.upload(source, deadline.remaining());
    } catch (DiskFullException e) {
      if (!makeRoom(0)) {
        throw e;
      }
      return connection.upload(source, deadline.remaining());
    }
  }

  /** Gives contexts back; deletes what has become too much. Blocks for a round trip a deletion. */
  void release(List<Held> contexts) {
    synchronized (this) {
      contexts.forEach(held -> held.entry().users--);
    }
    if (!connection.isLost()) {
      makeRoom(cacheBytes);
    }
  }

  /** Forgets a context that turned out not to be there. */
  synchronized void forget(String sha256) {
    entries.remove(sha256);
  }

  synchronized boolean has(String sha256) {
    return entries.containsKey(sha256);
  }

  private synchronized void drop(Entry entry) {
    entry.users--;
  }

  /** Deletes unused contexts, the least lately used first, until so much is left of them. */
  private boolean makeRoom(long keepBytes) {
    List<String> deleted = new ArrayList<>();
    synchronized (this) {
      long unused =
          entries.values().stream().filter(e -> e.users == 0).mapToLong(Entry::bytes).sum();
      Iterator<Map.Entry<String, Entry>> all = entries.entrySet().iterator();
      while (unused > keepBytes && all.hasNext()) {
        Map.Entry<String, Entry> next = all.next();
        if (next.getValue().users == 0) {
          unused -= next.getValue().bytes();
          deleted.add(next.getKey());
          all.remove();
        }
      }
    }
    // A new session may want one of these right now: the agent then says that it is missing, and
    // it is uploaded again.
    deleted.forEach(connection::deleteContext);
    return !deleted.isEmpty();
  }
}
