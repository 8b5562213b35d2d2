package dev.rlmbeam.sandbox;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is asked of a cloud for a sandbox, beyond what every sandbox is like ({@link SandboxSpec}).
 * Local sandboxes pass over it. Immutable.
 *
 * @param app the cloud's name for what belongs together; made if missing; default {@code
 *     rlm-sandbox}, the reference's
 * @param image what its file system is made of; default {@link SandboxImage#defaultImage()}
 * @param cpu physical cores that are set aside, 0.125 to 64; 0 for the cloud's default
 * @param cpuLimit most cores that it may use, at least {@code cpu}; 0 for no limit
 * @param memoryMib memory that is set aside, 128 to 344,064; 0 for the cloud's default
 * @param memoryLimitMib most memory that it may use, at least {@code memoryMib}; 0 for no limit
 * @param gpu such as {@code A100} or {@code A100-80GB:2}; empty for none
 * @param regions where it may run; empty for anywhere
 * @param idleTimeout it is ended when nobody has been connected for so long, in whole seconds; zero
 *     for never
 * @param workdir absolute path of the folder in which it starts; empty for the image's own
 * @param secrets names of the cloud's secrets, whose values become variables <em>that the code in
 *     the sandbox can read</em>; default none
 * @param tags by which it can be found in the cloud, such as job and run
 * @param allowedCidrs addresses that code in the sandbox may reach; with {@code allowedDomains}
 *     empty, too, it reaches nothing, which is the default
 * @param allowedDomains names that code in the sandbox may reach
 * @param inboundCidrs addresses that may reach the tunnel; empty for all, who then need its token
 * @param proxy name of the cloud's proxy that it goes out through; empty for none
 */
public record CloudSpec(
    String app,
    SandboxImage image,
    double cpu,
    double cpuLimit,
    int memoryMib,
    int memoryLimitMib,
    String gpu,
    List<String> regions,
    Duration idleTimeout,
    String workdir,
    List<String> secrets,
    Map<String, String> tags,
    List<String> allowedCidrs,
    List<String> allowedDomains,
    List<String> inboundCidrs,
    String proxy)
    implements Serializable {
  /** The reference's {@code app_name}. */
  public static final String DEFAULT_APP = "rlm-sandbox";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern ID = Pattern.compile("ap-[A-Za-z0-9]{22}");
  private static final Pattern GPU = Pattern.compile("[A-Za-z0-9-]+(:([1-9][0-9]?))?");
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]+");
  private static final Pattern DOMAIN =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");
  private static final Duration LONGEST = Duration.ofHours(24);

  public CloudSpec {
    regions = List.copyOf(regions);
    secrets = List.copyOf(secrets);
    tags = Map.copyOf(tags);
    allowedCidrs = List.copyOf(allowedCidrs);
    allowedDomains = List.copyOf(allowedDomains);
    inboundCidrs = List.copyOf(inboundCidrs);
    check(
        NAME.matcher(app).matches() && !ID.matcher(app).matches(),
        "app must be 1 to 64 letters, digits, '.', '_' or '-', and not look like an id, but was %s",
        app);
    check(cpu == 0 || (cpu >= 0.125 && cpu <= 64), "cpu must be 0.125 to 64 cores, was %s", cpu);
    check(
        cpuLimit == 0 || (cpuLimit >= cpu && cpuLimit <= 64),
        "cpuLimit must be cpu to 64 cores, was %s",
        cpuLimit);
    check(
        memoryMib == 0 || (memoryMib >= 128 && memoryMib <= 344_064),
        "memoryMib must be 128 to 344064, was %s",
        memoryMib);
    check(
        memoryLimitMib == 0 || (memoryLimitMib >= memoryMib && memoryLimitMib >= 128),
        "memoryLimitMib must be at least memoryMib and 128, was %s",
        memoryLimitMib);
    check(
        gpu.isEmpty() || GPU.matcher(gpu).matches(), "gpu must be TYPE or TYPE:COUNT, was %s", gpu);
    regions.forEach(one -> check(REGION.matcher(one).matches(), "this is no region: %s", one));
    check(
        !idleTimeout.isNegative()
            && idleTimeout.equals(Duration.ofSeconds(idleTimeout.toSeconds()))
            && idleTimeout.compareTo(LONGEST) <= 0,
        "idleTimeout must be whole seconds, at most 24 h, was %s",
        idleTimeout);
    check(
        workdir.isEmpty() || workdir.startsWith("/"), "workdir must be absolute, was %s", workdir);
    secrets.forEach(
        one -> check(NAME.matcher(one).matches(), "this is no name of a secret: %s", one));
    allowedCidrs.forEach(CidrText::check);
    inboundCidrs.forEach(CidrText::check);
    allowedDomains.forEach(
        one -> check(DOMAIN.matcher(one).matches(), "this is no domain: %s", one));
    check(
        proxy.isEmpty() || NAME.matcher(proxy).matches(), "this is no name of a proxy: %s", proxy);
  }

  /** All defaults. */
  public static CloudSpec defaults() {
    return new Builder().build();
  }

  /** The same, to be changed. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The type of its GPUs in the cloud's own words, and how many; empty for none. */
  public Optional<Map.Entry<String, Integer>> gpuTypeAndCount() {
    if (gpu.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = gpu.split(":", 2);
    int count = parts.length == 1 ? 1 : Integer.parseInt(parts[1]);
    return Optional.of(Map.entry(parts[0].toUpperCase(Locale.ROOT), count));
  }

  private static void check(boolean holds, String format, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(format, value));
    }
  }

  /** Changes one thing at a time. Not thread-safe. */
  public static final class Builder {
    private String app = DEFAULT_APP;
    private SandboxImage image = SandboxImage.defaultImage();
    private double cpu;
    private double cpuLimit;
    private int memoryMib;
    private int memoryLimitMib;
    private String gpu = "";
    private List<String> regions = List.of();
    private Duration idleTimeout = Duration.ZERO;
    private String workdir = "";
    private List<String> secrets = List.of();
    private Map<String, String> tags = Map.of();
    private List<String> allowedCidrs = List.of();
    private List<String> allowedDomains = List.of();
    private List<String> inboundCidrs = List.of();
    private String proxy = "";

    private Builder() {}

    private Builder(CloudSpec spec) {
      app = spec.app;
      image = spec.image;
      cpu = spec.cpu;
      cpuLimit = spec.cpuLimit;
      memoryMib = spec.memoryMib;
      memoryLimitMib = spec.memoryLimitMib;
      gpu = spec.gpu;
      regions = spec.regions;
      idleTimeout = spec.idleTimeout;
      workdir = spec.workdir;
      secrets = spec.secrets;
      tags = spec.tags;
      allowedCidrs = spec.allowedCidrs;
      allowedDomains = spec.allowedDomains;
      inboundCidrs = spec.inboundCidrs;
      proxy = spec.proxy;
    }

    /** See {@link CloudSpec#app()}. */
    public Builder app(String value) {
      app = value;
      return this;
    }

    /** See {@link CloudSpec#image()}. */
    public Builder image(SandboxImage value) {
      image = value;
      return this;
    }

    /** See {@link CloudSpec#cpu()}. */
    public Builder cpu(double value) {
      cpu = value;
      return this;
    }

    /** See {@link CloudSpec#cpuLimit()}. */
    public Builder cpuLimit(double value) {
      cpuLimit = value;
      return this;
    }

    /** See {@link CloudSpec#memoryMib()}. */
    public Builder memoryMib(int value) {
      memoryMib = value;
      return this;
    }

    /** See {@link CloudSpec#memoryLimitMib()}. */
    public Builder memoryLimitMib(int value) {
      memoryLimitMib = value;
      return this;
    }

    /** See {@link CloudSpec#gpu()}. */
    public Builder gpu(String value) {
      gpu = value;
      return this;
    }

    /** See {@link CloudSpec#regions()}. */
    public Builder regions(List<String> value) {
      regions = value;
      return this;
    }

    /** See {@link CloudSpec#idleTimeout()}. */
    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    /** See {@link CloudSpec#workdir()}. */
    public Builder workdir(String value) {
      workdir = value;
      return this;
    }

    /** See {@link CloudSpec#secrets()}. */
    public Builder secrets(List<String> value) {
      secrets = value;
      return this;
    }

    /** See {@link CloudSpec#tags()}. */
    public Builder tags(Map<String, String> value) {
      tags = value;
      return this;
    }

    /** See {@link CloudSpec#allowedCidrs()}. */
    public Builder allowedCidrs(List<String> value) {
      allowedCidrs = value;
      return this;
    }

    /** See {@link CloudSpec#allowedDomains()}. */
    public Builder allowedDomains(List<String> value) {
      allowedDomains = value;
      return this;
    }

    /** See {@link CloudSpec#inboundCidrs()}. */
    public Builder inboundCidrs(List<String> value) {
      inboundCidrs = value;
      return this;
    }

    /** See {@link CloudSpec#proxy()}. */
    public Builder proxy(String value) {
      proxy = value;
      return this;
    }

    /**
     * All of it.
     *
     * @throws IllegalArgumentException that names what is out of range
     */
    public CloudSpec build() {
      return new CloudSpec(
          app,
          image,
          cpu,
          cpuLimit,
          memoryMib,
          memoryLimitMib,
          gpu,
          regions,
          idleTimeout,
          workdir,
          secrets,
          tags,
          allowedCidrs,
          allowedDomains,
          inboundCidrs,
          proxy);
    }
  }
}
