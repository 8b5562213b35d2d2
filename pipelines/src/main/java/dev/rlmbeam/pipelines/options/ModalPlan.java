package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import dev.rlmbeam.transforms.model.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The options of {@link ModalSandboxOptions}, read and checked. */
public final class ModalPlan {

  private ModalPlan() {}

  /**
   * What is asked of Modal for each sandbox.
   *
   * @throws UsageException that names the option, its value and what is allowed
   */
  static CloudSpec cloud(ModalSandboxOptions options) {
    CloudSpec spec = CloudSpec.defaults();
    // One at a time, so that the error names the option that is at fault.
    spec = with(spec, "sandboxApp", options.getSandboxApp(), CloudSpec.Builder::app);
    spec = with(spec, "sandboxGpu", text(options.getSandboxGpu()), CloudSpec.Builder::gpu);
    spec = with(spec, "sandboxCpu", options.getSandboxCpu(), CloudSpec.Builder::cpu);
    spec = with(spec, "sandboxCpuLimit", options.getSandboxCpuLimit(), CloudSpec.Builder::cpuLimit);
    spec =
        with(spec, "sandboxMemoryMib", options.getSandboxMemoryMib(), CloudSpec.Builder::memoryMib);
    spec =
        with(
            spec,
            "sandboxMemoryLimitMib",
            options.getSandboxMemoryLimitMib(),
            CloudSpec.Builder::memoryLimitMib);
    spec =
        with(spec, "sandboxRegions", list(options.getSandboxRegions()), CloudSpec.Builder::regions);
    spec =
        with(
            spec,
            "sandboxIdleTimeout",
            TimeSpan.parseOrZero("sandboxIdleTimeout", options.getSandboxIdleTimeout()),
            CloudSpec.Builder::idleTimeout);
    spec =
        with(spec, "sandboxWorkdir", text(options.getSandboxWorkdir()), CloudSpec.Builder::workdir);
    spec =
        with(spec, "sandboxSecrets", list(options.getSandboxSecrets()), CloudSpec.Builder::secrets);
    spec =
        with(
            spec,
            "sandboxTags",
            pairs("sandboxTags", options.getSandboxTags()),
            CloudSpec.Builder::tags);
    spec =
        with(
            spec,
            "sandboxAllowCidrs",
            list(options.getSandboxAllowCidrs()),
            CloudSpec.Builder::allowedCidrs);
    spec =
        with(
            spec,
            "sandboxAllowDomains",
            list(options.getSandboxAllowDomains()),
            CloudSpec.Builder::allowedDomains);
    spec =
        with(
            spec,
            "sandboxInboundCidrs",
            list(options.getSandboxInboundCidrs()),
            CloudSpec.Builder::inboundCidrs);
    spec = with(spec, "sandboxProxy", text(options.getSandboxProxy()), CloudSpec.Builder::proxy);
    return spec.toBuilder().image(image(options)).build();
  }

  private interface Change<T> {
    CloudSpec.Builder to(CloudSpec.Builder builder, T value);
  }

  private static <T> CloudSpec with(CloudSpec spec, String option, T value, Change<T> change) {
    return checked(option, value, given -> change.to(spec.toBuilder(), given).build());
  }

  private static <T, R> R checked(String option, T value, Function<T, R> making) {
    try {
      return making.apply(value);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + option + "=" + shown(value) + ": " + e.getMessage(), e);
    }
  }

  private static String shown(Object value) {
    return value instanceof List<?> several
        ? String.join(",", several.stream().map(String::valueOf).toList())
        : String.valueOf(value);
  }

  private static SandboxImage image(ModalSandboxOptions options) {
    String tag = options.getSandboxImage();
    String dockerfile = options.getSandboxDockerfile();
    if (tag != null && dockerfile != null) {
      throw new UsageException(
          "--sandboxImage and --sandboxDockerfile both say what the image is; leave one of them out");
    }
    SandboxImage image = SandboxImage.defaultImage();
    if (tag != null) {
      image = checked("sandboxImage", tag, SandboxImage::fromRegistry);
    } else if (dockerfile != null) {
      image =
          checked(
              "sandboxDockerfile", dockerfile, path -> SandboxImage.fromDockerfile(Path.of(path)));
    }
    SandboxImage base = image;
    SandboxImage withApt =
        checked(
            "sandboxAptInstall",
            list(options.getSandboxAptInstall()),
            names -> base.aptInstall(names.toArray(String[]::new)));
    return checked(
        "sandboxPipInstall",
        list(options.getSandboxPipInstall()),
        names -> withApt.pipInstall(names.toArray(String[]::new)));
  }

  /**
   * Variables for the code in sandboxes.
   *
   * @throws UsageException when one is not of the form NAME=VALUE
   */
  static Map<String, String> environment(ModalSandboxOptions options) {
    return pairs("sandboxEnv", options.getSandboxEnv());
  }

  private static Map<String, String> pairs(String option, @Nullable List<String> values) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String value : list(values)) {
      int equals = value.indexOf('=');
      if (equals < 1) {
        throw UsageException.ofValue(option, value, "of the form NAME=VALUE");
      }
      pairs.put(value.substring(0, equals), value.substring(equals + 1));
    }
    return pairs;
  }

  /**
   * Where Modal is.
   *
   * @throws UsageException for a certificate that cannot be read
   */
  static ModalSandboxesFactory factory(ModalSandboxOptions options) {
    double rate = options.getSandboxCreatesPerSecond();
    if (!(rate > 0 && rate <= 1000)) {
      throw UsageException.ofValue(
          "sandboxCreatesPerSecond", String.valueOf(rate), "above 0 and at most 1000");
    }
    return connection(options, rate);
  }

  private static ModalSandboxesFactory connection(ModalConnectionOptions options, double rate) {
    return new ModalSandboxesFactory(
        text(options.getModalProfile()),
        token(text(options.getModalToken())),
        text(options.getModalEnvironment()),
        text(options.getModalServerUrl()),
        authorities(options.getModalCaCertificate()),
        rate,
        "");
  }

  private static String token(String place) {
    try {
      return place.isEmpty() ? place : SecretRef.parse(place).toString();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--modalToken: " + e.getMessage(), e);
    }
  }

  /**
   * Finds sandboxes that still run; the caller closes it.
   *
   * @throws UsageException when there are no credentials, or something is wrong with them
   */
  public static ModalSweep sweep(ModalConnectionOptions options) {
    ModalSandboxesFactory factory = connection(options, 1);
    try {
      return ModalSweep.open(factory.config(), factory.trust());
    } catch (SandboxException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String authorities(@Nullable String path) {
    if (path == null) {
      return "";
    }
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new UsageException("--modalCaCertificate=" + path + " cannot be read: " + e, e);
    }
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }

  private static List<String> list(@Nullable List<String> value) {
    return Objects.requireNonNullElse(value, List.of());
  }
}
