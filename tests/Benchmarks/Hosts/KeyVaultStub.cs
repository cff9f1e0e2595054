using System.Net;
using System.Text;

namespace Benchmarks.Hosts;

/// <summary>A Key Vault in which every secret has one version, and one value.</summary>
internal sealed class KeyVaultStub : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var secret = $$$"""{"id":"https://benchmarks.vault.azure.net{{{path.Replace("/versions", "/1", StringComparison.Ordinal)}}}","value":"{{{Target.Key}}}","attributes":{"enabled":true}}""";
        var json = path.EndsWith("/versions", StringComparison.Ordinal) ? $$"""{"value":[{{secret}}],"nextLink":null}""" : secret;
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent(json, Encoding.UTF8, "application/json") });
    }
}
