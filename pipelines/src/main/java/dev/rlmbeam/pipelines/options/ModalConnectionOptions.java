package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** Where Modal is, as whom it is called, and which sandboxes are ours. */
public interface ModalConnectionOptions extends PipelineOptions {

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME", place = 1)
  @Description("Modal's app that sandboxes belong to. Made if it is missing.")
  @Default.String("rlm-sandbox")
  String getSandboxApp();

  void setSandboxApp(String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME", place = 22, rare = true)
  @Description("Profile of ~/.modal.toml. Default: MODAL_PROFILE, or the active one.")
  @Nullable String getModalProfile();

  void setModalProfile(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "REF", place = 23, rare = true)
  @Description(
      "Where each worker finds Modal's token, written ID:SECRET: env:NAME, file:PATH or"
          + " gcp-secret:projects/P/secrets/S/versions/V. Default: as Modal's SDKs find it.")
  @Nullable String getModalToken();

  void setModalToken(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "NAME", place = 24, rare = true)
  @Description("Modal's environment. Default: MODAL_ENVIRONMENT, or that of the profile.")
  @Nullable String getModalEnvironment();

  void setModalEnvironment(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "URL", place = 25, rare = true)
  @Description("Modal's server. Default: MODAL_SERVER_URL, or https://api.modal.com.")
  @Nullable String getModalServerUrl();

  void setModalServerUrl(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "FILE", place = 26, rare = true)
  @Description("Certificates, in PEM, of an authority that is believed beside the system's.")
  @Nullable String getModalCaCertificate();

  void setModalCaCertificate(@Nullable String value);
}
