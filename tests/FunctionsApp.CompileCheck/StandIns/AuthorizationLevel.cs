namespace Microsoft.Azure.Functions.Worker;

/// <summary>Stands in for the keys that the host may ask for.</summary>
public enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}
