using System.Buffers.Text;
using System.Text;
using Gateway.CallStart;
using Gateway.Memory;
using Gateway.Rewriting;
using Gateway.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Options;

/// <summary>Finds what is wrong with the configuration, at start, and says it by the settings' names.</summary>
internal sealed class GatewayOptionsValidator(IHostEnvironment environment) : IValidateOptions<GatewayOptions>
{
    // A hundred years, which a date can bear.
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36_500);

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        List<string> wrong = [.. Deployments(options), .. Models(options), .. Callers(options), .. PhraseRules.Wrong(options), .. CallStartRules.Wrong(options), .. Rest(options), .. Storage(options), .. Privacy(options), .. ElevenLabs(options)];
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Deployments(GatewayOptions options)
    {
        if (options.Deployments.Count == 0)
        {
            yield return "Deployments__0__Name and Deployments__0__Endpoint are required: the Azure OpenAI deployment that answers, and its resource's endpoint.";
        }

        foreach (var (i, deployment) in options.Deployments.Index())
        {
            var setting = $"Deployments__{i}__";
            if (string.IsNullOrWhiteSpace(deployment.Name)) yield return $"{setting}Name is required.";
            else if (options.Deployments.Take(i).Any(other => Same(other.Name, deployment.Name))) yield return $"{setting}Name is that of another deployment.";
            if (deployment.Endpoint is not { IsAbsoluteUri: true, Scheme: "https" or "http" } endpoint) yield return $"{setting}Endpoint must be an absolute https address.";
            else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback) yield return $"{setting}Endpoint must be https; plain http is for this machine only.";
            if (deployment.HttpVersion is not ("1.1" or "2.0")) yield return $"{setting}HttpVersion must be 1.1 or 2.0.";
            foreach (var wrong in deployment.Kind == DeploymentKind.Agent ? Agent(deployment) : Azure(deployment)) yield return setting + wrong;
        }
    }

    private static IEnumerable<string> Azure(DeploymentOptions deployment)
    {
        if (deployment.Endpoint is { IsAbsoluteUri: true } and not { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" })
            yield return "Endpoint must end with the host's name: the path is added to it.";
        if (deployment.PromptCacheShards is < 1 or > 1000) yield return "PromptCacheShards must be from 1 to 1,000.";
        if (string.IsNullOrWhiteSpace(deployment.Audience)) yield return "Audience must not be blank.";
        if (deployment.Idempotent) yield return "Idempotent is for agents: a model may be asked twice as it is.";
    }

    private static IEnumerable<string> Agent(DeploymentOptions deployment)
    {
        if (deployment.Endpoint is { IsAbsoluteUri: true } and not { Query: "", Fragment: "", UserInfo: "" })
            yield return "Endpoint must be without query, fragment and user: a key is a secret, whose name is KeySecret.";
        if (deployment.KeySecret is not null && string.IsNullOrWhiteSpace(deployment.KeySecret)) yield return "KeySecret must not be blank.";
        if (deployment.Model is not null) yield return NotForAgents(nameof(deployment.Model));
        if (deployment.ApiVersion is not null) yield return NotForAgents(nameof(deployment.ApiVersion));
        if (deployment.Audience != DeploymentOptions.DefaultAudience) yield return NotForAgents(nameof(deployment.Audience));
        if (deployment.PromptCacheShards != DeploymentOptions.DefaultPromptCacheShards) yield return NotForAgents(nameof(deployment.PromptCacheShards));

        static string NotForAgents(string option) => $"{option} is for deployments of Azure OpenAI, not for an agent.";
    }

    private static IEnumerable<string> Models(GatewayOptions options)
    {
        foreach (var (i, model) in options.Models.Index())
        {
            var setting = $"Models__{i}__";
            if (string.IsNullOrWhiteSpace(model.Name)) yield return $"{setting}Name is required.";
            else if (options.Models.Take(i).Any(other => Same(other.Name, model.Name))) yield return $"{setting}Name is that of another model.";
            if (model.Deployments.Count == 0) yield return $"{setting}Deployments__0__Name is required: the deployment that answers.";
            if (model.Deployments.Count > Route.MaxTargets) yield return $"{setting}Deployments must be at most {Route.MaxTargets}.";
            foreach (var (j, target) in model.Deployments.Index())
            {
                if (!options.Deployments.Any(deployment => Same(deployment.Name, target.Name))) yield return $"{setting}Deployments__{j}__Name must be the name of a deployment.";
                else if (model.Deployments.Take(j).Any(other => Same(other.Name, target.Name))) yield return $"{setting}Deployments__{j}__Name is there already.";
                if (target.Priority < 0) yield return $"{setting}Deployments__{j}__Priority must be 0 or above.";
                if (target.Weight < 1) yield return $"{setting}Deployments__{j}__Weight must be 1 or above.";
            }
        }

        // Each is then a model of its own, with all the others behind it.
        if (options.Models.Count == 0 && options.Deployments.Count > Route.MaxTargets)
            yield return $"Models__0__Name is required: with more than {Route.MaxTargets} deployments it has to be said which of them answer for a model.";
    }

    private static IEnumerable<string> Callers(GatewayOptions options)
    {
        foreach (var (i, caller) in options.Callers.Index())
        {
            var setting = $"Callers__{i}__";
            if (caller.Name.Length == 0 || !caller.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                yield return $"{setting}Name must be of letters, digits and '-' alone, and not empty.";
            else if (options.Callers.Take(i).Any(other => Same(other.Name, caller.Name))) yield return $"{setting}Name is that of another caller.";
            foreach (var (j, model) in caller.Models.Index())
            {
                if (!options.ModelNames.Contains(model)) yield return $"{setting}Models__{j} must be the name of a model.";
            }

            IReadOnlyCollection<string> allowed = caller.Models.Count > 0 ? [.. caller.Models] : options.ModelNames;
            if (caller.DefaultModel is { } byDefault && !allowed.Contains(byDefault)) yield return $"{setting}DefaultModel must be the name of a model that the caller may use.";
            if (caller.Memory.Provider != MemoryProvider.None && caller.Agents.Count == 0 && options.Callers.Count > 1)
                yield return $"{setting}Agents__0 is required where a caller has a memory and is not the only one: the id of an ElevenLabs agent that calls with this key.";
            foreach (var wrong in MemoryService(caller.Memory, $"{setting}Memory__")) yield return wrong;
            foreach (var wrong in Memory(options, caller, setting)) yield return wrong;
            foreach (var (j, agent) in caller.Agents.Index())
            {
                if (string.IsNullOrWhiteSpace(agent)) yield return $"{setting}Agents__{j} must not be blank.";
                else if (options.Callers.Take(i).Any(other => other.Agents.Contains(agent)) || caller.Agents.Take(j).Contains(agent)) yield return $"{setting}Agents__{j} is there already.";
            }

            if (IsTooLong(caller.SystemPrefix)) yield return $"{setting}SystemPrefix must be at most {SystemAdditions.MaxBytes} bytes.";
            if (IsTooLong(caller.SystemSuffix)) yield return $"{setting}SystemSuffix must be at most {SystemAdditions.MaxBytes} bytes.";
            if (caller.MaxCompletionTokens <= 0) yield return $"{setting}MaxCompletionTokens must be above zero.";
            foreach (var (limit, value) in Limits(caller))
            {
                if (value is { } span && (span <= TimeSpan.Zero || span > CallerOptions.LongestTurn))
                    yield return $"{setting}{limit} must be above zero and at most {CallerOptions.LongestTurn.TotalSeconds} seconds, such as 00:00:12: a bare 12 is days.";
            }
        }

        static IEnumerable<(string, TimeSpan?)> Limits(CallerOptions caller) =>
        [
            (nameof(caller.FirstOutputTimeout), caller.FirstOutputTimeout), (nameof(caller.AnswerTimeout), caller.AnswerTimeout), (nameof(caller.StallTimeout), caller.StallTimeout), (nameof(caller.TurnTimeout), caller.TurnTimeout), (nameof(caller.BufferWordsDelay), caller.BufferWordsDelay),
        ];
    }

    private static IEnumerable<string> MemoryService(MemoryOptions memory, string setting)
    {
        if (memory.KeySecret is { } secret && string.IsNullOrWhiteSpace(secret)) yield return $"{setting}KeySecret must not be blank.";
        if (memory.Endpoint is null) yield break;
        if (memory.Endpoint is not { IsAbsoluteUri: true, Scheme: "https" or "http" } endpoint) yield return $"{setting}Endpoint must be an absolute https address.";
        else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback) yield return $"{setting}Endpoint must be https; plain http is for this machine only.";
        else if (endpoint is not { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }) yield return $"{setting}Endpoint must end with the host's name: the path is added to it.";
    }

    private static IEnumerable<string> Memory(GatewayOptions options, CallerOptions caller, string setting)
    {
        var memory = caller.Memory;
        if (memory.Budget <= TimeSpan.Zero || memory.Budget > TimeSpan.FromSeconds(2)) yield return $"{setting}Memory__Budget must be above zero and at most 2 seconds, such as 00:00:00.150: a bare 1 is a day.";
        if (memory.MaxCharacters is < 500 or > 8000) yield return $"{setting}Memory__MaxCharacters must be from 500 to 8,000.";
        foreach (var (i, field) in memory.LowRiskFields.Index())
        {
            if (string.IsNullOrWhiteSpace(field)) yield return $"{setting}Memory__LowRiskFields__{i} must not be blank.";
        }

        if (memory.Provider == MemoryProvider.None) yield break;
        if (!options.Webhooks.Enabled) yield return $"Webhooks__Enabled must be true where {setting}Memory__Provider is {memory.Provider}: calls are remembered by the post-call webhook.";
        if (memory.Provider == MemoryProvider.BuiltIn && !options.Storage.IsConfigured) yield return $"Storage__Uri is required where {setting}Memory__Provider is BuiltIn: the blob endpoint of a storage account.";
    }

    private static bool IsTooLong(string? addition) => addition is not null && Encoding.UTF8.GetByteCount(addition) > SystemAdditions.MaxBytes;

    private IEnumerable<string> Rest(GatewayOptions options)
    {
        if (options.KeyVault.Uri is { } vault && vault is not { IsAbsoluteUri: true, Scheme: "https" }) yield return "KeyVault__Uri must be an absolute https address.";
        if (options.KeyVault.Uri is null && !environment.IsDevelopment())
            yield return "KeyVault__Uri is required: the Key Vault with the callers' keys. Secrets in settings are for the Development environment.";
        if (options.KeyVault.RefreshInterval <= TimeSpan.Zero) yield return "KeyVault__RefreshInterval must be above zero.";
        if (options.KeyVault.LoadTimeout <= TimeSpan.Zero) yield return "KeyVault__LoadTimeout must be above zero.";
        if (options.MaxRequestBytes is < 1024 or > 64 * 1024 * 1024) yield return "MaxRequestBytes must be from 1,024 to 67,108,864.";
        if (options.HedgePercent is < 0 or > 100) yield return "HedgePercent must be from 0 to 100.";
        if (string.IsNullOrWhiteSpace(options.EndUserKeySecret)) yield return "EndUserKeySecret must not be blank.";
        if (string.IsNullOrWhiteSpace(options.EndUserSigningSecret)) yield return "EndUserSigningSecret must not be blank.";
        foreach (var (i, secret) in options.Secrets.Index())
        {
            if (string.IsNullOrWhiteSpace(secret.Name)) yield return $"Secrets__{i}__Name is required.";
        }
    }

    private static IEnumerable<string> ElevenLabs(GatewayOptions options)
    {
        if (options.ElevenLabs.KeySecret is { } secret && string.IsNullOrWhiteSpace(secret)) yield return "ElevenLabs__KeySecret must not be blank.";
        if (options.ElevenLabs.Endpoint is not { IsAbsoluteUri: true, Scheme: "https" or "http", AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" } endpoint) yield return "ElevenLabs__Endpoint must be an absolute https address that ends with the host's name.";
        else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback) yield return "ElevenLabs__Endpoint must be https; plain http is for this machine only.";
    }

    // Not by a client of Azure's: a start must not load what only the first webhook needs. They take no other names, and these not otherwise.
    private static bool IsConnectionString(string text, bool hasQueue)
    {
        // Not trimmed: the clients do not either.
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(static part => part.Split('=', 2)).ToArray();
        if (!parts.All(static part => part is [_, { Length: > 0 }]) || parts.DistinctBy(static part => part[0], StringComparer.OrdinalIgnoreCase).Count() != parts.Length) return false;

        var values = parts.ToDictionary(static part => part[0], static part => part[1], StringComparer.OrdinalIgnoreCase);
        if (values.Remove("UseDevelopmentStorage", out var isLocal)) return isLocal == "true" && values.All(static value => Same(value.Key, "DevelopmentStorageProxyUri") && IsAddress(value.Value));
        var (hasName, hasKey) = (values.ContainsKey("AccountName"), values.ContainsKey("AccountKey"));
        string[] services = hasQueue ? ["Blob", "Table", "Queue"] : ["Blob", "Table"];
        return (hasKey || values.ContainsKey("SharedAccessSignature")) && (hasName || services.All(service => values.ContainsKey(service + "Endpoint"))) && values.All(value => value.Key.ToUpperInvariant() switch
        {
            "ACCOUNTNAME" => IsHost(value.Value),
            "ACCOUNTKEY" => hasName && Base64.IsValid(value.Value),
            "ACCOUNTKEYNAME" => hasKey,
            "SHAREDACCESSSIGNATURE" => !hasKey,
            "DEFAULTENDPOINTSPROTOCOL" => hasName && value.Value is "https" or "http",
            "ENDPOINTSUFFIX" => hasName && IsHost(value.Value),
            "BLOBENDPOINT" or "TABLEENDPOINT" or "QUEUEENDPOINT" or "FILEENDPOINT" => IsAddress(value.Value),
            "BLOBSECONDARYENDPOINT" or "TABLESECONDARYENDPOINT" or "QUEUESECONDARYENDPOINT" or "FILESECONDARYENDPOINT" =>
                IsAddress(value.Value) && values.ContainsKey(value.Key.Replace("Secondary", "", StringComparison.OrdinalIgnoreCase)),
            _ => false,
        });

        static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

        static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http";
    }

    private IEnumerable<string> Storage(GatewayOptions options)
    {
        var storage = options.Storage;
        if (string.IsNullOrWhiteSpace(options.Webhooks.Secret)) yield return "Webhooks__Secret must not be blank.";
        if (options.Webhooks.KeepsAnything && !storage.IsConfigured) yield return "Storage__Uri is required where Webhooks__KeepTranscripts or Webhooks__KeepAudio is true: the blob endpoint of a storage account.";
        if (storage.Uri is { } uri && uri is not { IsAbsoluteUri: true, Scheme: "https", AbsolutePath: "/", Query: "" }) yield return "Storage__Uri must be an absolute https address that ends with the host's name.";
        if (!environment.IsDevelopment() && (storage.ConnectionString ?? storage.Folder) is not null) yield return "Storage__ConnectionString and Storage__Folder are for the Development environment; set Storage__Uri.";
        if (new object?[] { storage.Uri, storage.ConnectionString, storage.Folder }.Count(static place => place is not null) > 1)
            yield return "Storage__Uri, Storage__ConnectionString and Storage__Folder exclude each other.";
        if (storage.ConnectionString is { } connection && !IsConnectionString(connection, hasQueue: storage.Queue is not null))
            yield return "Storage__ConnectionString is not that of a storage account with blobs, tables and, for Storage__Queue, queues.";
        if (storage.Folder is { } folder && string.IsNullOrWhiteSpace(folder)) yield return "Storage__Folder must not be blank.";
        if (string.IsNullOrWhiteSpace(storage.Container)) yield return "Storage__Container must not be blank.";
        if (string.IsNullOrWhiteSpace(storage.Table)) yield return "Storage__Table must not be blank.";
        if (storage is { Queue: not null, Folder: not null }) yield return "Storage__Queue needs a storage account: a folder has no queue.";
        if (storage.Retention <= TimeSpan.Zero || storage.Retention > LongestRetention) yield return "Storage__Retention must be above zero and at most 36500 days.";
    }

    private static IEnumerable<string> Privacy(GatewayOptions options)
    {
        var privacy = options.Privacy;
        if (string.IsNullOrWhiteSpace(privacy.AdminKeySecret)) yield return "Privacy__AdminKeySecret must not be blank.";
        else if (options.Callers.Any(caller => Same(caller.KeySecret ?? $"caller-{caller.Name}", privacy.AdminKeySecret))) yield return "Privacy__AdminKeySecret must not be a caller's secret: ElevenLabs has those.";
        if (privacy.Enabled && !options.Storage.IsConfigured) yield return "Storage__Uri is required where Privacy__Enabled is true: it remembers there who was deleted, so that late events do not bring them back.";
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
