package dev.rlmbeam.pipelines.options;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** What sandboxes in Modal's cloud are made of. */
public interface ModalSandboxOptions extends ModalConnectionOptions {

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "TAG", place = 2)
  @Description(
      "Image of a registry. Any with python3 3.8 or newer."
          + " Default: Debian, Python 3.11 and ten libraries.")
  @Nullable String getSandboxImage();

  void setSandboxImage(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "FILE", place = 3)
  @Description("Dockerfile of the image. It copies files beside it only. Not with --sandboxImage.")
  @Nullable String getSandboxDockerfile();

  void setSandboxDockerfile(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME,…", place = 4)
  @Description("Python packages added to the image, with or without a version (dill==0.4.0).")
  @Nullable List<String> getSandboxPipInstall();

  void setSandboxPipInstall(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME,…", place = 5, rare = true)
  @Description("Debian packages added to the image.")
  @Nullable List<String> getSandboxAptInstall();

  void setSandboxAptInstall(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "CORES", place = 6, rare = true)
  @Description("Physical cores set aside for a sandbox, 0.125 to 64. 0 for Modal's default.")
  @Default.Double(0)
  double getSandboxCpu();

  void setSandboxCpu(double value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "CORES", place = 7, rare = true)
  @Description("Most cores that a sandbox may use. 0 for no limit.")
  @Default.Double(0)
  double getSandboxCpuLimit();

  void setSandboxCpuLimit(double value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "MIB", place = 8, rare = true)
  @Description("Memory set aside for a sandbox, 128 to 344064. 0 for Modal's default.")
  @Default.Integer(0)
  int getSandboxMemoryMib();

  void setSandboxMemoryMib(int value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "MIB", place = 9, rare = true)
  @Description("Most memory that a sandbox may use. 0 for no limit.")
  @Default.Integer(0)
  int getSandboxMemoryLimitMib();

  void setSandboxMemoryLimitMib(int value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "TYPE[:N]", place = 10, rare = true)
  @Description("GPUs of a sandbox, such as A100 or A100-80GB:2. Makes sandboxes of the older kind.")
  @Nullable String getSandboxGpu();

  void setSandboxGpu(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME,…", place = 11, rare = true)
  @Description("Regions where sandboxes may run. Default: anywhere.")
  @Nullable List<String> getSandboxRegions();

  void setSandboxRegions(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "TIME", place = 12, rare = true)
  @Description("A sandbox ends when nobody has been connected for so long. 0 for never.")
  @Default.String("0")
  String getSandboxIdleTimeout();

  void setSandboxIdleTimeout(String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "PATH", place = 13, rare = true)
  @Description("Folder in which the agent starts. Default: the image's own.")
  @Nullable String getSandboxWorkdir();

  void setSandboxWorkdir(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "NAME=VALUE,…", place = 9, rare = true)
  @Description("Variables for the code in a sandbox. No keys belong here: the code reads them.")
  @Nullable List<String> getSandboxEnv();

  void setSandboxEnv(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME,…", place = 15, rare = true)
  @Description(
      "Modal's secrets, as variables. The code in the sandbox, which is untrusted, reads them.")
  @Nullable List<String> getSandboxSecrets();

  void setSandboxSecrets(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME=VALUE,…", place = 16, rare = true)
  @Description("Tags of the sandboxes, beside those of job and run.")
  @Nullable List<String> getSandboxTags();

  void setSandboxTags(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "CIDR,…", place = 17, rare = true)
  @Description("Addresses that code in a sandbox may reach. Default: none.")
  @Nullable List<String> getSandboxAllowCidrs();

  void setSandboxAllowCidrs(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME,…", place = 18, rare = true)
  @Description("Domains that code in a sandbox may reach. Default: none.")
  @Nullable List<String> getSandboxAllowDomains();

  void setSandboxAllowDomains(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "CIDR,…", place = 19, rare = true)
  @Description(
      "Addresses of workers, which alone reach the tunnels then. Default: all, with a token.")
  @Nullable List<String> getSandboxInboundCidrs();

  void setSandboxInboundCidrs(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME", place = 20, rare = true)
  @Description("Modal's proxy that sandboxes go out through.")
  @Nullable String getSandboxProxy();

  void setSandboxProxy(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "N", place = 21, rare = true)
  @Description("Requests for new sandboxes a second, per worker.")
  @Default.Double(5)
  double getSandboxCreatesPerSecond();

  void setSandboxCreatesPerSecond(double value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "FILE", place = 26, rare = true)
  @Description(
      "What sandboxes cost, in YAML (docs/modal.md), for the cost in results and summary."
          + " Default: only their seconds are told.")
  @Nullable String getSandboxPrices();

  void setSandboxPrices(@Nullable String value);
}
