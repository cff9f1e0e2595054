namespace FunctionsApp.Tests.Triggers;

/// <summary>Who tells of a hang-up.</summary>
public enum HangUp
{
    Request,
    Function,
    Both,
}
