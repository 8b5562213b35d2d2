package dev.rlmbeam.sandbox.modal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSetupException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a specification has to be looked up, once: sandboxes of a job are all alike in it.
 * Thread-safe.
 */
final class SandboxSites {
  private static final Logger log = LoggerFactory.getLogger(SandboxSites.class);

  private record Key(String app, SandboxImage image, List<String> secrets, String proxy) {}

  private final ModalApi api;
  private final ModalOptions options;

  /** Held for as long as an image is built, so whoever waits for it can be interrupted. */
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<Key, SandboxCreation.Site> sites = new HashMap<>();

  /** Images that cannot be built: each of those that wait would have it tried once more. */
  @GuardedBy("lock")
  private final Map<SandboxImage, SandboxSetupException> broken = new HashMap<>();

  SandboxSites(ModalApi api, ModalOptions options) {
    this.api = api;
    this.options = options;
  }

  /** Whoever comes while another looks it up waits for that one. */
  SandboxCreation.Site find(CloudSpec spec) throws InterruptedException {
    Key key = new Key(spec.app(), spec.image(), spec.secrets(), spec.proxy());
    lock.lockInterruptibly();
    try {
      SandboxCreation.Site site = sites.get(key);
      if (site == null) {
        String appId = api.app(spec.app());
        String imageId =
            options.imageId().isPresent() ? options.imageId().get() : buildOnce(appId, spec);
        site = new SandboxCreation.Site(appId, imageId, api.secrets(spec), api.proxy(spec));
        sites.put(key, site);
      }
      return site;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private String buildOnce(String appId, CloudSpec spec) throws InterruptedException {
    SandboxSetupException before = broken.get(spec.image());
    if (before != null) {
      throw new SandboxSetupException(String.valueOf(before.getMessage()), before);
    }
    try {
      return build(appId, spec.image());
    } catch (SandboxSetupException e) {
      broken.put(spec.image(), e);
      throw e;
    }
  }

  /** The id of an image that is built now, if it was not before. */
  String buildImage(CloudSpec spec) throws InterruptedException {
    return build(api.app(spec.app()), spec.image());
  }

  private String build(String appId, SandboxImage image) throws InterruptedException {
    long start = System.nanoTime();
    String id = new ImageBuild(api, appId, options.buildTimeout()).run(image);
    log.info("image={} ready after {} ms", id, (System.nanoTime() - start) / 1_000_000);
    return id;
  }
}
